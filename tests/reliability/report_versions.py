"""A report of which every version differs a little from the one before."""

from decimal import Decimal
from pathlib import Path

__all__ = ["PROMOTER", "amounts", "write_version"]

LINES = 1200
PROMOTER = "报表推广位"
HEADER = "订单号,商品名称,下单时间,预估计佣金额,佣金比例,预估佣金,实际佣金,订单状态,推广位"


def amounts(version: int) -> dict[str, str]:
    """The commission of each order: every tenth differs in each version."""
    return {
        f"3{number:011d}": f"{Decimal(100 + number + _moved(number, version)) / 100:.2f}"
        for number in range(LINES)
    }


def write_version(folder: Path, version: int) -> Path:
    """The report as a file."""
    path = folder / f"version-{version}.csv"
    rows = [
        f"{order},杯子,2026-09-01 10:00:00,{amount},100%,{amount},,已付款,{PROMOTER}"
        for order, amount in amounts(version).items()
    ]
    path.write_text("\n".join([HEADER, *rows, ""]), "utf-8")
    return path


def _moved(number: int, version: int) -> int:
    return (version + 1) * 7 if number % 10 == version % 10 else 0
