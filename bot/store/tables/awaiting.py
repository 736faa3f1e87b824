"""Order numbers somebody waits for (等数据的订单号)."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from bot.store.tables.schema import metadata
from bot.store.types import Id, Instant

__all__ = ["awaited_numbers"]

awaited_numbers = Table(
    "awaited_numbers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user", BigInteger, nullable=False),
    Column("number", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("taken_up_at", Instant),
    comment="numbers nothing was found for; a person is told once when one of them is theirs",
    # A push names the row it is about: it must never come to mean another number.
    sqlite_autoincrement=True,
)
Index("ix_awaited_numbers_user", awaited_numbers.c.user)
Index(
    "ix_awaited_numbers_ended_at",
    awaited_numbers.c.ended_at,
    sqlite_where=awaited_numbers.c.ended_at.is_not(None),
    postgresql_where=awaited_numbers.c.ended_at.is_not(None),
)
_active = awaited_numbers.c.ended_at.is_(None)
Index(
    "uq_awaited_numbers_active",
    awaited_numbers.c.user,
    awaited_numbers.c.number,
    unique=True,
    sqlite_where=_active,
    postgresql_where=_active,
)
for _name, _column, _where in (
    ("number", awaited_numbers.c.number, _active),
    ("expires_at", awaited_numbers.c.expires_at, _active),
    ("waiting", awaited_numbers.c.id, _active & awaited_numbers.c.taken_up_at.is_(None)),
):
    Index(f"ix_awaited_numbers_{_name}", _column, sqlite_where=_where, postgresql_where=_where)
