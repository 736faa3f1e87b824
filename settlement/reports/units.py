"""Readers of cells in the units of single sources: fen, ‰, time since 1970."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from settlement.money import EXACT, round_fen
from settlement.reading import YEARS, Unreadable, shown
from settlement.reports.cells import LARGEST_AMOUNT, CellReader, instant, money
from settlement.shanghai import in_shanghai

_FEN = re.compile(r"[0-9]{1,12}(?:\.0+)?")
_NEGATIVE = re.compile("[-\u2212\uff0d](.+)|[(\uff08](.+)[)\uff09]")
_RATE = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,4})?")
_SIGNS = {"%": 100, "\uff05": 100, "‰": 1000}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP = {1: re.compile("[0-9]{9,10}"), 1000: re.compile("[0-9]{12,13}")}


def fen(cell: str) -> Decimal:
    """Read an amount in fen, a whole number, as yuan."""
    if not _FEN.fullmatch(cell):
        raise Unreadable(f"“{shown(cell)}”不是以分为单位的金额；请写成 1230 这样的整数")
    amount = EXACT.divide(Decimal(cell), Decimal(100))
    if amount > LARGEST_AMOUNT:
        raise Unreadable(f"金额“{shown(cell)}”分超过一千万元；请核对这一格")
    return round_fen(amount)


def signed_money(cell: str) -> Decimal:
    """Read an amount in yuan that may be negative, with a minus or in brackets."""
    negative = _NEGATIVE.fullmatch(cell.strip("¥￥ "))
    if negative is None:
        return money(cell)
    return -money((negative[1] or negative[2]).strip())


def deduction(cell: str) -> Decimal:
    """Read an amount taken back, written with or without a minus, as a negative amount."""
    return -abs(signed_money(cell))


def rate_in(whole: int) -> CellReader:
    """Return the reader of a rate in parts of `whole`; a sign (%, ‰) in the cell overrules it."""

    def read(cell: str) -> Decimal:
        sign = _SIGNS.get(cell[-1:])
        plain = cell[:-1].rstrip() if sign else cell
        if not _RATE.fullmatch(plain):
            raise Unreadable(f"“{shown(cell)}”不是比例；请写成 20% 这样，或以 {whole} 为整体的数")
        share = EXACT.divide(Decimal(plain), Decimal(sign or whole))
        if share > 1:
            raise Unreadable(f"比例“{shown(cell)}”超过整体（{sign or whole}）；请核对这一格")
        return share

    return read


def since_1970(parts_of_a_second: int) -> CellReader:
    """Return the reader of a time counted since 1970; a written time is read as well."""

    def read(cell: str) -> datetime:
        if not _STAMP[parts_of_a_second].fullmatch(cell):
            return instant(cell)
        moment = in_shanghai(_EPOCH + timedelta(seconds=int(cell) // parts_of_a_second))
        if moment.year not in YEARS:
            raise Unreadable(f"“{cell}”不是 2000 到 2099 年的时间戳；请核对这一格")
        return moment

    return read


READERS: dict[str, CellReader] = {
    "fen": fen,
    "signed_money": signed_money,
    "deduction": deduction,
    "per_mille": rate_in(1000),
    "basis_points": rate_in(10_000),
    "seconds": since_1970(1),
    "milliseconds": since_1970(1000),
}
