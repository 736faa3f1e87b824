"""A table as a workbook for Excel, WPS and Numbers (表格文件)."""

from decimal import Decimal
from io import BytesIO

import xlsxwriter

from bot.desk.pictures import Sheet

__all__ = ["WORKBOOK", "workbook"]

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""
_OPTIONS = {
    "in_memory": True,
    # A shop's name may begin with "=" or look like a link or a number: it stays a text.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTH = 14


def workbook(sheet: Sheet) -> bytes:
    """Write a table with a heading that stays in sight and can be filtered by."""
    held = BytesIO()
    with xlsxwriter.Workbook(held, _OPTIONS) as book:
        page = book.add_worksheet(sheet.title[:31])
        heading = book.add_format({"bold": True, "bg_color": "#EDF0F3", "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})
        text = book.add_format({"num_format": "@"})
        for column, name in enumerate(sheet.columns):
            width = sheet.widths[column] if column < len(sheet.widths) else _WIDTH
            page.set_column(column, column, width)
            page.write_string(0, column, name, heading)
        for place, row in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(row):
                if column not in sheet.amounts:
                    page.write_string(place, column, cell, text)
                elif cell:
                    page.write_number(place, column, Decimal(cell), money)
        page.freeze_panes(1, 0)
        if sheet.rows:
            page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    return held.getvalue()
