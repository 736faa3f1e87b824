"""Reports for the tests of the import commands, and what those print."""

import json
from pathlib import Path

__all__ = ["HEADER", "TABLE", "figures", "report", "results", "row", "write"]

HEADER = (
    "订单号,商品名称,下单时间,完成时间,预估计佣金额,佣金比例,分成比例,预估佣金,实际佣金,"
    "订单状态,推广位,备忘\n"
)
TABLE = "小林: {jd: {推广位: 短视频1}}\n小李: {jd: {推广位: 直播9}}\n"


def row(
    number: int, base: str = "100.00", status: str = "已付款", position: str = "短视频1"
) -> str:
    return (
        f"1000000000{number:02},杯子,2026-09-01 10:00:00,,{base},5%,100%,,,{status},{position},\n"
    )


def report(*rows: str) -> str:
    return HEADER + "".join(rows)


def write(name: str, content: str | bytes) -> None:
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)


def figures(out: str) -> dict[str, list[str]]:
    """The figures of the table, by file."""
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines()]
    return {first: rest for first, *rest in (line for line in cells if line) if first}


def results(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]
