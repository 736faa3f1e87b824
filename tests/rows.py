"""Rows that fit any table, so that a test of all tables covers a new one by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, LargeBinary, Table

__all__ = ["fitting_row"]

WHEN = datetime(2026, 9, 15, 1, 0, 0, 123456, UTC)


def fitting_row(table: Table, number: int) -> dict[str, Any]:
    """A row that differs from those of other numbers; keys and references are the number."""
    return {column.name: _value(column, number) for column in table.c}


def _value(column: Column[Any], number: int) -> Any:
    kind = getattr(column.type, "impl", column.type)
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, DateTime):
        return WHEN + timedelta(days=number)
    if isinstance(kind, Date):
        return WHEN.date() + timedelta(days=number)
    if isinstance(kind, JSON):
        return {"行": number, "amount": "12.30", "none": None, "list": [1, "é"]}
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, LargeBinary):
        return bytes([0, 255, number % 256])
    return f"文 {number} \U0001f4b0"
