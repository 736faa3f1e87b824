"""Reports as the Taobao alliance exports them, of any length, for the benchmarks."""

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import xlsxwriter

__all__ = ["HEADER", "rows", "write_csv", "write_workbook"]

HEADER = (
    *("序号", "淘宝订单编号", "淘宝子订单号", "订单状态", "维权标签", "店铺名称", "掌柜旺旺"),
    *("商品标题", "商品ID", "商品数量", "商品单价", "类目名称", "创建时间", "付款时间"),
    *("结算时间", "付款金额", "结算金额", "付款预估收入", "结算预估收入", "提成", "技术服务费"),
    *("推广位名称", "推广位ID", "媒体名称", "媒体ID"),
)
FIRST = 2_700_000_000_123_456_789


def rows(count: int, *, changed: bool) -> Iterator[Sequence[str]]:
    """Rows in the order of time, as a back office exports them; later, one in 100 differs."""
    chance = random.Random(1)  # noqa: S311
    for place in range(count):
        number = FIRST + place * 1_000_003 + chance.randrange(1_000_000)
        paid, shop, item = chance.randrange(100, 50_000), chance.randrange(2_000), chance.random()
        settled = chance.random() < 0.6
        if changed and place % 100 == 0:
            settled = not settled
        day, clock = 1 + place * 28 // count, chance.randrange(86_400)
        at = f"2026-07-{day:02} {clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"
        yield (
            *(f"{place + 1}", f"{number}", f"{number + 1}"),
            *("订单结算" if settled else "订单付款", "--", f"店铺{shop}旗舰店", f"旺旺{shop}"),
            *(f"夏季新款水杯{int(item * 20_000)}", f"{600_000_000_000 + int(item * 10**9)}", "1"),
            *(f"{paid / 100:.2f}", "家居", at, at, "2026-08-20 10:00:00" if settled else "--"),
            *_amounts(paid, settled=settled),
            *("5.00%", "0.00", "短视频1", f"{10**9 + place % 5}", "媒体", "123"),
        )


def _amounts(paid: int, *, settled: bool) -> Iterator[str]:
    """Paid, settled, and the commission of each, in yuan."""
    for fen in (paid, paid * settled, paid // 20, paid // 20 * settled):
        yield f"{fen // 100}.{fen % 100:02}"


def write_csv(path: Path, count: int, *, changed: bool) -> None:
    """Write rows as GB18030, with a tab before each number, as the back office does."""
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for row in rows(count, changed=changed):
            writer.writerow((row[0], f"\t{row[1]}", f"\t{row[2]}", *row[3:]))


def write_workbook(path: Path, count: int, *, changed: bool) -> None:
    """Write rows as a workbook."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for place, row in enumerate(rows(count, changed=changed), start=1):
            sheet.write_row(place, 0, row)
