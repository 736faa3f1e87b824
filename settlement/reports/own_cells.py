"""Cells of our own export: the contract's values as texts that no spreadsheet spoils, and back."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from settlement.reading import Unreadable, shown
from settlement.reports.refusals import harmless

__all__ = ["KINDS", "cell_of", "fact_of"]

_YES, _NO = "是", "否"
_QUOTED = re.compile(r"['\"\s]|.*(?:\s$|[\ufffd\ufeff\u200b]|_x[0-9A-Fa-f]{4}_)", re.DOTALL)
"""Texts that begin like a mark of ours, or hold what files and spreadsheets do not keep."""
_DAMAGED = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE][+]?[0-9]+|[0-9]+\.[0-9]+|[0-9]{15}0+")
"""What a spreadsheet makes of a long number."""


def cell_of(kind: str, fact: Any, *, spreadsheet: bool = False) -> str:
    """Write a fact of the contract; in a workbook fewer texts need a mark.

    A text that begins with a quote is JSON; one that begins with an apostrophe stands as it is
    behind it.
    """
    if kind == "text":
        return _text_cell(fact, spreadsheet)
    if kind == "yes_or_no":
        return _YES if fact else _NO
    return _json(fact) if kind == "list" else str(fact)


def fact_of(kind: str, cell: str) -> Any:
    """Read what `cell_of` has written; None for an empty cell. Raises Unreadable."""
    return KINDS[kind](cell) if cell else None


def _text_cell(fact: str, spreadsheet: bool) -> str:
    if not fact or not fact.isprintable() or _QUOTED.match(fact):
        return _json(fact)
    if _DAMAGED.fullmatch(fact):
        return f"'{fact}"
    marked = fact if spreadsheet else harmless(fact)
    return marked if marked in (fact, f"'{fact}") else _json(fact)


def _json(fact: Any) -> str:
    """JSON without anything that is cut, folded or reckoned with; a list may hold Chinese."""
    written = json.dumps(fact, ensure_ascii=False, separators=(",", ":"))
    if written.isprintable() and not _QUOTED.match(written[1:-1]):
        return written
    return json.dumps(fact, separators=(",", ":")).replace("_x", "\\u005fx")


def _text(cell: str) -> Any:
    if cell.startswith("'"):
        return cell[1:]
    if cell.startswith('"'):
        return str(_parsed(cell, str))
    if _DAMAGED.fullmatch(cell):
        raise Unreadable(
            f"“{shown(cell)}”像是被表格软件改坏的号码，末几位已经丢了；"
            "请重新导出，不要用 Excel 打开保存，或先把这一列设为文本"
        )
    return cell


def _list(cell: str) -> Any:
    return _parsed(cell, list)


def _parsed(cell: str, kind: type) -> Any:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, kind):
        raise Unreadable(f"“{shown(cell)}”不是导出时的写法；请重新导出，不要改这一格")
    return found


def _count(cell: str) -> Any:
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) <= 12 else cell


def _yes_or_no(cell: str) -> bool:
    if cell not in (_YES, _NO):
        raise Unreadable(f"“{shown(cell)}”不认识；请写 是 或 否")
    return cell == _YES


KINDS: Mapping[str, Callable[[str], Any]] = {
    "plain": str,
    "text": _text,
    "count": _count,
    "yes_or_no": _yes_or_no,
    "list": _list,
}
"""How cells are read, by what `own.yaml` calls it."""
