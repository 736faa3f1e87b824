"""Tables as files: delimited text in any encoding, XLSX by two writers, XLS, ZIP."""

import codecs
import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import openpyxl
import xlsxwriter
import xlwt

from tests.reports.corpus.cells import Cell

__all__ = ["ENCODINGS", "delimited", "encoded", "text", "workbook", "zipped"]

Rows = Sequence[Sequence[Cell]]
DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";"}
LINE_ENDS = {"crlf": "\r\n", "lf": "\n", "cr": "\r"}
ENCODINGS: Mapping[str, tuple[str, bytes]] = {
    "utf-8": ("utf-8", b""),
    "utf-8-bom": ("utf-8", codecs.BOM_UTF8),
    "utf-16-le-bom": ("utf-16-le", codecs.BOM_UTF16_LE),
    "utf-16-be-bom": ("utf-16-be", codecs.BOM_UTF16_BE),
    "utf-16-le": ("utf-16-le", b""),
    "utf-16-be": ("utf-16-be", b""),
    "gb18030": ("gb18030", b""),
}


def text(rows: Rows, delimiter: str = "comma", ends: str = "crlf", *, quoted: bool = False) -> str:
    """Rows as delimited text; `quoted` puts every cell into quotes."""
    lines = io.StringIO(newline="")
    writer = csv.writer(
        lines,
        delimiter=DELIMITERS[delimiter],
        lineterminator=LINE_ENDS[ends],
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
    )
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return lines.getvalue()


def encoded(written: str, encoding: str) -> bytes:
    """Text as bytes, with the mark that its encoding begins with."""
    codec, mark = ENCODINGS[encoding]
    return mark + written.encode(codec)


def delimited(
    rows: Rows,
    encoding: str = "utf-8",
    delimiter: str = "comma",
    ends: str = "crlf",
    *,
    quoted: bool = False,
) -> bytes:
    """Rows as a text file."""
    return encoded(text(rows, delimiter, ends, quoted=quoted), encoding)


def workbook(rows: Rows, kind: str, sheets_before: int = 0) -> bytes:
    """Rows as a workbook of a kind, behind sheets that hold something else."""
    return _WORKBOOKS[kind](rows, sheets_before)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files in an archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in files.items():
            archive.writestr(name, held)
    return content.getvalue()


def _openpyxl(rows: Rows, sheets_before: int) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    for place in range(sheets_before):
        book.create_sheet(f"说明{place}").append(["说明", "本表由平台导出"])
    sheet = book.create_sheet("订单明细")
    for row in rows:
        sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _xlsxwriter(rows: Rows, sheets_before: int) -> bytes:
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for place in range(sheets_before):
            book.add_worksheet(f"说明{place}").write_row(0, 0, ["说明", "本表由平台导出"])
        sheet = book.add_worksheet("订单明细")
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(place, column, cell, moment if isinstance(cell, date) else None)
    return content.getvalue()


def _xlwt(rows: Rows, sheets_before: int) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    moment = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
    for place in range(sheets_before):
        book.add_sheet(f"说明{place}").write(0, 0, "说明")
    sheet = book.add_sheet("订单明细")
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is None:
                continue
            style = (moment,) if isinstance(cell, datetime) else ()
            sheet.write(place, column, cell, *style)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


_WORKBOOKS: Mapping[str, Callable[[Rows, int], bytes]] = {
    "xlsx": _openpyxl,
    "xlsx-stream": _xlsxwriter,
    "xls": _xlwt,
}
