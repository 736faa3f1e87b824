"""Rows of a workbook (XLSX, XLS), as texts like those of a delimited file."""

import datetime
import zipfile
from collections.abc import Iterator
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

LARGEST_EXPANDED = 200_000_000
"""Bytes a workbook may have when unpacked."""
LARGEST_RATIO = 100
"""Unpacked to packed size; more is an archive made to harm."""
_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PROTECTED = "表格有密码；请去掉密码后重新保存"
_DAMAGED = "打不开这个表格，可能已损坏，也可能是压缩包；请解压后再传，或从平台后台重新导出"

Cell = int | float | str | bool | datetime.time | datetime.date | datetime.timedelta


class UnreadableWorkbook(ValueError):
    """A workbook that cannot be opened; the message says why and what to do (zh)."""


def is_workbook(sample: bytes) -> bool:
    """Tell a workbook, or another archive, from text."""
    return sample.startswith((_ZIP, _COMPOUND))


def sheets_of(stream: IO[bytes]) -> Iterator[Iterator[list[str]]]:
    """Yield the rows of each sheet.

    Raises:
        UnreadableWorkbook: if this is no workbook, or too large or protected.
    """
    _check_size(stream)
    stream.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(stream)
        for name in workbook.sheet_names:
            # Row by row: all cells at once would be a hundred megabytes of a big sheet.
            yield map(_texts, workbook.get_sheet_by_name(name).iter_rows())
    except CalamineError:
        raise UnreadableWorkbook(_PROTECTED if _is_protected(stream) else _DAMAGED) from None


def _check_size(stream: IO[bytes]) -> None:
    if not zipfile.is_zipfile(stream):
        return
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise UnreadableWorkbook(_DAMAGED) from None
    expanded = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if expanded > LARGEST_EXPANDED or expanded > LARGEST_RATIO * packed:
        raise UnreadableWorkbook("表格解开后太大；请按月份分开导出，或导出为 CSV")


def _is_protected(stream: IO[bytes]) -> bool:
    """Whether it is the compound file that Excel wraps around a workbook with a password."""
    stream.seek(0)
    content = stream.read()
    return content.startswith(_COMPOUND) and _ENCRYPTED in content


def _texts(row: list[Cell]) -> list[str]:
    return [_text(cell) for cell in row]


def _text(cell: Cell) -> str:
    # Fifteen digits are all a spreadsheet keeps; without trailing zeros, and never -0.
    return f"{cell:z.15g}" if isinstance(cell, float) else str(cell)
