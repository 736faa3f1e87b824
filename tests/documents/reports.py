"""Reports of any length to send to the bot, and what must come of them."""

import csv
import io
import os
from collections.abc import Iterator

__all__ = ["CREATOR", "EVERY", "LONG", "ROWS", "refused_in", "report"]

ROWS = int(os.environ.get("MINGZHANG_TEST_DOCUMENT_ROWS", "5000"))
LONG = ROWS > 10_000
"""Whether an import takes so long that it is told of at the usual pace."""

CREATOR = "小王好物"
EVERY = 100
"""Each hundredth row is no good."""
HEADER = (
    "订单号",
    "主单号",
    "订单状态",
    "商品名称",
    "预估计佣金额",
    "预估佣金",
    "佣金比例",
    "分成比例",
    "下单时间",
)
FIRST = 300_000_000_000


def report(rows: int, paid: str = "100.00") -> bytes:
    """A report of JD's in which every hundredth row says no amount."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(_rows(rows, paid))
    return text.getvalue().encode("gb18030")


def refused_in(rows: int) -> list[str]:
    """The order numbers of the rows that are no good."""
    return [str(FIRST + row) for row in range(1, rows + 1) if row % EVERY == 0]


def _rows(rows: int, paid: str) -> Iterator[tuple[str, ...]]:
    for row in range(1, rows + 1):
        amount = "很多" if row % EVERY == 0 else paid
        said = ("0", "已付款", "保温杯", amount, "9.00", "10%", "90%", "2026-08-01 10:00:00")
        yield (str(FIRST + row), *said)
