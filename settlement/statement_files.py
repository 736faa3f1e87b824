"""Payout statements as files (账单文件) → their lines; what cannot be read costs its row alone."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import IO, Any

from settlement.model import Platform
from settlement.reading import Unreadable, shown
from settlement.reports import ReportError, RowError
from settlement.reports.cells import ABSENT, TOTALS, cleaned, instant, number, percent
from settlement.reports.decoding import SAMPLE, foreign_kind
from settlement.reports.headers import header_candidates
from settlement.reports.layouts import header_key
from settlement.reports.rows import BrokenRow
from settlement.reports.sheets import UnreadableWorkbook
from settlement.reports.units import signed_money
from settlement.statements import MonthTotals, StatementLine, month_of
from settlement.yaml_text import RuleFileError, packaged, texts, whole_mapping

__all__ = ["Line", "Names", "Statement", "own_names", "read_statement"]

Names = Mapping[str, Sequence[str]]
"""What the columns of a statement are called, by what they state."""
Line = StatementLine | MonthTotals | RowError
_Rows = Iterator[tuple[int, Sequence[str]] | BrokenRow]

NAMES = "statement_columns.yaml"
_NUMBERS = frozenset({"order_number", "sub_order_number", "line_id"})
_AMOUNTS = frozenset(
    member.name for member in fields(StatementLine) if member.type in (Decimal, Decimal | None)
) | {"estimate", "refunding", "frozen"}
_MONTH = re.compile(r"(20[0-9]{2})[-/.年]?(0?[1-9]|1[0-2])月?")
_PLATFORM_WORDS = {
    "淘宝": Platform.TAOBAO,
    "天猫": Platform.TAOBAO,
    "京东": Platform.JD,
    "抖音": Platform.DOUYIN,
    "拼多多": Platform.PINDUODUO,
    "快手": Platform.KUAISHOU,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was recognised; its lines are read once, while the file stays open."""

    file: str
    columns: Mapping[str, str]
    """The names of the columns that are read, by what they state."""
    lines: Iterator[Line]


def read_statement(
    content: bytes | IO[bytes],
    name: str,
    *,
    platform: Platform | None = None,
    names: Names | None = None,
) -> Statement | ReportError:
    """Recognise a statement by its header and read it line by line.

    Args:
        content: the file, or a seekable stream of it, which must stay open while lines are read.
        name: the file's name, for messages.
        platform: whose statement it is; None if its lines say so, or nobody does.
        names: what the operator's own columns are called; ours count for the others.
    """
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    stream.seek(0)
    sample = stream.read(SAMPLE)
    if kind := foreign_kind(sample):
        return ReportError(name, f"这是{kind}，不是表格；请导出 CSV 或 XLSX")
    known = {**_shipped_names(), **(names or {})}
    try:
        for header, rows, _ in header_candidates(stream, sample):
            places = _places(header, known)
            if _tells_enough(places):
                columns = {fact: header[place] for fact, place in places.items()}
                return Statement(name, columns, _lines(name, rows, places, columns, platform))
    except UnreadableWorkbook as error:
        return ReportError(name, str(error))
    return ReportError(
        name,
        "看不出是结算单：要有金额列（如“实发金额”），还要有“订单号”列，或者“月份”“到账时间”列；"
        "列名不同，请用 --columns 写明",
    )


def own_names(content: str, file: str) -> Names:
    """Read an operator's names of columns: what a column states, and what it is called.

    Raises:
        RuleFileError: names the file, the place in it, the cause and the remedy.
    """
    given = whole_mapping(content, file)
    for fact in given:
        if fact not in _shipped_names():
            remedy = f"use one of {', '.join(_shipped_names())}"
            raise RuleFileError(file, fact, "a statement has no such column", remedy)
    return {fact: texts(value, file, fact) for fact, value in given.items()}


@cache
def _shipped_names() -> Names:
    read = whole_mapping(packaged(NAMES), NAMES)
    return {fact: texts(value, NAMES, fact) for fact, value in read.items()}


def _places(header: Sequence[str], names: Names) -> dict[str, int]:
    """Find each column by its surest name; a name that stands twice is taken from the left."""
    where: dict[str, int] = {}
    for place, cell in enumerate(header):
        where.setdefault(header_key(cell), place)
    found: dict[str, int] = {}
    for fact, called in names.items():
        for key in map(header_key, called):
            if key in where and where[key] not in found.values():
                found[fact] = where[key]
                break
    return found


def _tells_enough(places: Mapping[str, int]) -> bool:
    return "amount" in places and not places.keys().isdisjoint(
        {"order_number", "sub_order_number", "month", "paid_on"}
    )


def _lines(
    file: str,
    rows: _Rows,
    places: Mapping[str, int],
    columns: Mapping[str, str],
    platform: Platform | None,
) -> Iterator[Line]:
    with_orders = not _NUMBERS.isdisjoint(places)
    for item in rows:
        if isinstance(item, BrokenRow):
            yield RowError(file, item.line, None, item.message)
            continue
        row, cells = item
        said = {fact: cleaned(cells[place]) for fact, place in places.items()}
        said = {fact: cell for fact, cell in said.items() if cell not in ABSENT}
        if not said or _sums_up(cells, said):
            continue
        facts: dict[str, Any] = {"platform": platform}
        column = ""
        try:
            for fact, cell in said.items():
                column = columns[fact]
                facts[fact] = _read(fact, cell)
        except Unreadable as error:
            yield RowError(file, row, column, error.message, tuple(cells))
            continue
        facts["platform"] = platform or facts["platform"]
        line = _order_line(row, facts) if with_orders else _month_line(row, facts)
        yield RowError(file, row, None, line, tuple(cells)) if isinstance(line, str) else line


def _sums_up(cells: Sequence[str], said: Mapping[str, str]) -> bool:
    first = next((cell for cell in map(cleaned, cells) if cell), "")
    return first in TOTALS or said.get("order_number") in TOTALS


def _read(fact: str, cell: str) -> object:
    if fact in _NUMBERS:
        return number(cell)
    if fact == "rate":
        return percent(cell)
    if fact in _AMOUNTS:
        return signed_money(cell)
    if fact == "paid_on":
        return instant(cell).date()
    if fact == "month":
        return month(cell)
    if fact == "phase":
        return _phase(cell)
    return _platform(cell)


def month(cell: str) -> date:
    """Read a month, as its first day; of a day, its month."""
    if found := _MONTH.fullmatch(cell):
        return date(int(found[1]), int(found[2]), 1)
    return month_of(instant(cell).date())


def _phase(cell: str) -> int:
    found = re.fullmatch(r"第?([0-9]{1,3})[次期]?(?:结算)?", cell)
    if not found:
        raise Unreadable(f"“{shown(cell)}”不是结算期次；请写成 1、2 这样的数")
    return int(found[1])


def _platform(cell: str) -> Platform:
    for word, platform in (*_PLATFORM_WORDS.items(), *((each.value, each) for each in Platform)):
        if word in cell.casefold():
            return platform
    raise Unreadable(f"不认识平台“{shown(cell)}”；请写成 {'、'.join(Platform)} 之一")


def _order_line(row: int, facts: dict[str, Any]) -> StatementLine | str:
    if facts.get("amount") is None:
        return "没有金额；请补上这一格，或删掉这一行"
    if not facts.get("order_number"):
        facts["order_number"] = facts.get("sub_order_number") or facts.get("line_id")
    if not facts["order_number"]:
        return "缺少订单号；请补上，或删掉这一行"
    return StatementLine(row=row, **_known(facts, StatementLine))


def _month_line(row: int, facts: dict[str, Any]) -> MonthTotals | str:
    if facts.get("amount") is None:
        return "没有金额；请补上这一格，或删掉这一行"
    day = facts.get("month") or facts.get("paid_on")
    if day is None:
        return "没有月份，也没有到账时间；请补上，或删掉这一行"
    renamed = {
        "real": facts["amount"],
        "month": month_of(day),
        "rededucted": facts.get("clawback"),
        "tax": facts.get("tax_withheld"),
        "service": facts.get("technical_fee"),
    }
    return MonthTotals(row=row, **_known({**facts, **renamed}, MonthTotals))


def _known(facts: Mapping[str, Any], kind: type) -> dict[str, Any]:
    names: Iterable[str] = (member.name for member in fields(kind))
    return {name: facts[name] for name in names if name in facts}
