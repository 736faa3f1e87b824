"""`mingzhang export`: order lines out of the store, as CSV, XLSX or JSON Lines."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson

from bot.commands.chosen import chosen_creator, chosen_platform
from bot.commands.failure import CommandFailed
from bot.commands.inputs import instant
from bot.commands.output import complain, standard_output
from bot.commands.store import opened_store
from bot.desk.pictures import MOST_ROWS
from bot.store.all_lines import StoredLine, all_lines
from bot.store.transactions import reads
from settlement.reports.own import own_header, own_row

__all__ = ["Choice", "export_orders"]

_LONGEST_CELL = 32_767
"""What a cell of a workbook holds."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which lines are wanted."""

    creator: str | None = None
    platform: str | None = None
    since: str | None = None


def export_orders(choice: Choice, out: Path | None) -> None:
    """Write the lines chosen to a new file, which only its owner may read, or as JSON Lines."""
    platform = chosen_platform(choice.platform)
    since = instant(choice.since, "--since") if choice.since else None
    write = _writer(out)
    with opened_store() as engine:
        creator = chosen_creator(engine, choice.creator)
        with reads(engine) as connection:
            lines = all_lines(connection, creator=creator, platform=platform, since=since)
            if out is None:
                write(standard_output(), lines)
            else:
                _write_file(out, write, lines)


Writer = Callable[[IO[bytes], Iterable[StoredLine]], None]


@dataclass(slots=True)
class _Counted:
    """Lines, and how many have passed."""

    lines: Iterable[StoredLine]
    count: int = 0

    def __iter__(self) -> Iterator[StoredLine]:
        for line in self.lines:
            self.count += 1
            yield line


def _writer(out: Path | None) -> Writer:
    ending = out.suffix.lower() if out else ".jsonl"
    if ending not in _WRITERS:
        raise CommandFailed(
            f"--out：不认识 {ending or out}；文件名请以 {'、'.join(_WRITERS)} 结尾"
        )
    return _WRITERS[ending]


def _write_file(out: Path, write: Writer, lines: Iterable[StoredLine]) -> None:
    """Write a new file; one that is there stays, and half of one does not."""
    try:
        number = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandFailed(f"{out}：已经有这个文件；请换一个名字，或先移走它") from None
    except OSError as error:
        raise CommandFailed(f"{out}：写不了（{error.strerror}）；请检查目录与权限") from None
    try:
        with os.fdopen(number, "wb") as file:
            write(file, counted := _Counted(lines))
    except OSError as error:
        out.unlink(missing_ok=True)
        raise CommandFailed(f"{out}：写不完（{error.strerror}）；请检查磁盘空间") from None
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    complain(f"{out}：{counted.count} 行")


def _write_json(file: IO[bytes], lines: Iterable[StoredLine]) -> None:
    """Write the contract's form, which `mingzhang diagnose` reads; it does not say whose it is."""
    for line in lines:
        file.write(orjson.dumps(line.document) + b"\n")


def _write_text(file: IO[bytes], lines: Iterable[StoredLine]) -> None:
    """Write what a spreadsheet opens as UTF-8."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(own_header())
    for line in lines:
        writer.writerow(own_row(line.creator, line.document))
    text.flush()
    text.detach()


def _write_workbook(file: IO[bytes], lines: Iterable[StoredLine]) -> None:
    """Write a workbook row by row; every cell is a text, so that none is reckoned with."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("订单")
        text = book.add_format({"num_format": "@"})
        for row, cells in enumerate(_rows(lines)):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(row, column, cell, text)
        sheet.freeze_panes(1, 0)


def _rows(lines: Iterable[StoredLine]) -> Iterator[list[str]]:
    yield own_header()
    for row, line in enumerate(lines, 1):
        cells = own_row(line.creator, line.document, spreadsheet=True)
        if row > MOST_ROWS or max(map(len, cells)) > _LONGEST_CELL:
            raise CommandFailed(
                f"第 {row} 行放不进 XLSX（最多 {MOST_ROWS} 行，一格最多 {_LONGEST_CELL} 字）；"
                "请导出为 .csv，或用 --since、--creator 分开"
            )
        yield cells


_WRITERS: dict[str, Writer] = {
    ".csv": _write_text,
    ".xlsx": _write_workbook,
    ".jsonl": _write_json,
}
