"""All order lines of the installation, page by page (订单翻页): for its own staff alone.

A page is a walk along an index: by the row's number, newest first, or by a creator's latest
orders. What the walk passes over costs as much as what it finds, so each one has a limit, and
says how far it came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, select, tuple_, union

from bot.store.lines import latest_facts
from bot.store.said import NUMBERS
from bot.store.tables import creators, order_facts, order_lines
from settlement.model import Platform

__all__ = [
    "MOST_BY_NUMBER",
    "PASSED_OVER",
    "Choice",
    "FullLine",
    "Place",
    "creators_behind",
    "last_row",
    "line_of_row",
    "lines_by_number",
    "lines_from",
    "lines_of_creator",
    "lines_of_order",
]

MOST_BY_NUMBER = 100
"""Lines shown of one number; an order of more has them paged by its creator."""
PASSED_OVER = 20_000
"""Rows a walk by number passes in one go, whatever it looks for."""


class FullLine(NamedTuple):
    """What is known of an order line, and whose it is."""

    row: int
    creator: int
    creator_name: str
    platform: str
    order_number: str
    ordered_at: datetime | None
    facts: dict[str, Any]
    others: dict[str, Any] | None
    batch: int
    recorded_at: datetime


class Place(NamedTuple):
    """Where a page of a creator's lines ended: the next one goes on behind it."""

    ordered_at: datetime | None
    row: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which lines are wanted; what is None does not count."""

    platform: Platform | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def dated(self) -> bool:
        """Whether lines nobody knows the time of are left out."""
        return self.since is not None or self.until is not None


_lines = (
    select(
        order_lines.c.id,
        order_lines.c.creator,
        creators.c.name,
        order_lines.c.platform,
        order_lines.c.order_number,
        order_lines.c.ordered_at,
        order_facts.c.facts,
        order_facts.c.others,
        order_facts.c.batch,
        order_facts.c.recorded_at,
    )
    .select_from(order_lines)
    .join(creators, creators.c.id == order_lines.c.creator)
    .join(order_facts, latest_facts)
)
# one look-up by each index: with OR, a database may read all lines instead
_numbered = union(
    *(
        select(order_lines.c.id).where(order_lines.c[number] == bindparam("number"))
        for number in NUMBERS
    )
)
_by_number = (
    _lines.where(order_lines.c.id.in_(_numbered)).order_by(order_lines.c.id).limit(MOST_BY_NUMBER)
)


def lines_by_number(connection: Connection, number: str) -> list[FullLine]:
    """The lines that go by exactly this number, whosever they are."""
    return _read(connection, _by_number, number=number)


def line_of_row(connection: Connection, row: int) -> FullLine | None:
    """The line with this row number, if anything is published of it."""
    found = _read(connection, _lines.where(order_lines.c.id == bindparam("row")), row=row)
    return found[0] if found else None


def lines_of_order(connection: Connection, line: FullLine) -> list[FullLine]:
    """The lines of the same order, this one included."""
    same = _lines.where(
        order_lines.c.order_number == bindparam("number"),
        order_lines.c.creator == bindparam("creator"),
        order_lines.c.platform == bindparam("platform"),
    )
    return _read(
        connection,
        same.order_by(order_lines.c.id).limit(MOST_BY_NUMBER),
        number=line.order_number,
        creator=line.creator,
        platform=line.platform,
    )


def last_row(connection: Connection) -> int:
    """The highest row number of any line, 0 without lines; about as many there are."""
    found: int | None = connection.execute(select(func.max(order_lines.c.id))).scalar()
    return found or 0


def lines_from(
    connection: Connection, below: int, platform: Platform | None, count: int
) -> tuple[list[FullLine], int]:
    """The newest lines below a row number, and the number to go on below; 0 at the end."""
    lowest = max(below - PASSED_OVER, 1)
    statement = _lines.where(order_lines.c.id < below, order_lines.c.id >= lowest)
    if platform is not None:
        statement = statement.where(order_lines.c.platform == platform)
    found = _read(connection, statement.order_by(order_lines.c.id.desc()).limit(count))
    reached = found[-1].row if len(found) == count else lowest
    return found, reached if reached > 1 else 0


def lines_of_creator(
    connection: Connection, creator: int, choice: Choice, after: Place | None, count: int
) -> list[FullLine]:
    """A creator's lines, the latest order first; those nobody knows the time of come last."""
    found: list[FullLine] = []
    if after is None or after.ordered_at is not None:
        found = _read(connection, _dated(creator, choice, after).limit(count))
        after = None
    if len(found) < count and not choice.dated:
        found += _read(connection, _undated(creator, choice, after).limit(count - len(found)))
    return found


def _dated(creator: int, choice: Choice, after: Place | None) -> Select[Any]:
    at = order_lines.c.ordered_at
    statement = _of(creator, choice).where(at.is_not(None))
    if choice.since is not None:
        statement = statement.where(at >= choice.since)
    if choice.until is not None:
        statement = statement.where(at < choice.until)
    if after is not None:
        here = tuple_(bindparam("at", after.ordered_at, at.type), bindparam("row", after.row))
        statement = statement.where(tuple_(at, order_lines.c.id) < here)
    # not "nulls last", which would keep PostgreSQL from walking the index backwards
    return statement.order_by(at.desc(), order_lines.c.id.desc())


def _undated(creator: int, choice: Choice, after: Place | None) -> Select[Any]:
    statement = _of(creator, choice).where(order_lines.c.ordered_at.is_(None))
    if after is not None:
        statement = statement.where(order_lines.c.id < after.row)
    return statement.order_by(order_lines.c.id.desc())


def _of(creator: int, choice: Choice) -> Select[Any]:
    statement = _lines.where(order_lines.c.creator == creator)
    if choice.platform is not None:
        statement = statement.where(order_lines.c.platform == choice.platform)
    return statement


def _read(connection: Connection, statement: Select[Any], **values: object) -> list[FullLine]:
    rows: Sequence[Any] = connection.execute(statement, values).all()
    return [FullLine._make(row) for row in rows]


def creators_behind(connection: Connection, creator: int, count: int) -> list[int]:
    """The next creators by their number."""
    following = select(creators.c.id).where(creators.c.id > creator)
    return list(connection.execute(following.order_by(creators.c.id).limit(count)).scalars())
