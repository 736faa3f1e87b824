"""Looking for orders among those of everybody (找订单): a page of them, and where to go on.

A number is an index look-up. All else is a walk along an index which judges what it meets: it
ends at a full page or after so many lines, and says how many it has looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import Connection

from bot.console.given import row_number
from bot.store.line_pages import (
    Choice,
    FullLine,
    Place,
    creators_behind,
    last_row,
    lines_by_number,
    lines_from,
    lines_of_creator,
)
from bot.store.lines import StoredLineError, stored_order
from settlement.diagnosis import Diagnosis, State, diagnose
from settlement.model import Platform
from settlement.rulebook import Rulebook
from settlement.shanghai import SHANGHAI, day_in_month

__all__ = ["LOOKED_AT", "Found", "JudgedLine", "Search", "search_orders"]

SHOWN = 30
LOOKED_AT = 2_000
"""Lines judged for one page: some tenths of a second."""
AT_ONCE = 100
CREATORS_AT_ONCE = 50
DEAR = 100
"""What a stretch of rows without a line to show counts for: it was read all the same."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; `first` and `last` are months, `begin` where the last page ended."""

    number: str = ""
    creator: int | None = None
    platform: Platform | None = None
    first: date | None = None
    last: date | None = None
    state: State | None = None
    begin: str = ""

    @property
    def choice(self) -> Choice:
        """The part of it that the store can look for."""
        return Choice(
            self.platform,
            _midnight(self.first) if self.first else None,
            _midnight(day_in_month(self.last, 1, 1)) if self.last else None,
        )


_PAST_ALL = Place(None, 0)
"""Behind the last line of a creator."""


class JudgedLine(NamedTuple):
    """A line with its diagnosis; None if what is kept of it cannot be read."""

    line: FullLine
    diagnosis: Diagnosis | None


class Found(NamedTuple):
    """A page of lines, how many were looked at, and where the next page begins, if anywhere."""

    lines: tuple[JudgedLine, ...]
    looked_at: int
    onward: str = ""


class _Step(NamedTuple):
    """A line the walk meets, or none after a stretch without; and where to go on behind it."""

    line: FullLine | None
    behind: str


def search_orders(
    connection: Connection, search: Search, rulebook: Rulebook, now: datetime
) -> Found:
    """A page of the lines that fit, judged as of now."""
    if search.number:
        lines = lines_by_number(connection, search.number)
        return Found(tuple(judged(line, rulebook, now) for line in lines), len(lines))
    walk = _by_creators if search.creator or search.choice.dated else _by_rows
    shown: list[JudgedLine] = []
    looked_at = effort = 0
    for step in walk(connection, search):
        effort += 1 if step.line else DEAR
        if step.line:
            looked_at += 1
            line = judged(step.line, rulebook, now)
            if _fits(line, search.state):
                shown.append(line)
        if len(shown) == SHOWN or effort >= LOOKED_AT:
            return Found(tuple(shown), looked_at, step.behind)
    return Found(tuple(shown), looked_at)


def judged(line: FullLine, rulebook: Rulebook, now: datetime) -> JudgedLine:
    """The line with its diagnosis."""
    try:
        order = stored_order(line.row, line.facts)
    except StoredLineError:
        return JudgedLine(line, None)
    return JudgedLine(line, diagnose(order, rulebook, now))


def _fits(line: JudgedLine, state: State | None) -> bool:
    return state is None or (line.diagnosis is not None and line.diagnosis.state is state)


def _by_rows(connection: Connection, search: Search) -> Iterator[_Step]:
    below = row_number(search.begin) or last_row(connection) + 1
    while below:
        lines, below = lines_from(connection, below, search.platform, AT_ONCE)
        yield from (_Step(line, str(line.row)) for line in lines)
        if below and len(lines) < AT_ONCE:
            yield _Step(None, str(below))


def _by_creators(connection: Connection, search: Search) -> Iterator[_Step]:
    creator, place = _read_place(search.begin)
    if search.creator is not None:
        yield from _of_creator(connection, search.creator, search.choice, place)
        return
    if creator is not None:
        yield from _of_creator(connection, creator, search.choice, place)
    while following := creators_behind(connection, creator or 0, CREATORS_AT_ONCE):
        for creator in following:
            yield from _of_creator(connection, creator, search.choice, None)
        yield _Step(None, _written_place(creator or 0, _PAST_ALL))


def _of_creator(
    connection: Connection, creator: int, choice: Choice, place: Place | None
) -> Iterator[_Step]:
    while True:
        lines = lines_of_creator(connection, creator, choice, place, AT_ONCE)
        for line in lines:
            place = Place(line.ordered_at, line.row)
            yield _Step(line, _written_place(creator, place))
        if len(lines) < AT_ONCE:
            return


def _written_place(creator: int, place: Place) -> str:
    at = place.ordered_at.isoformat() if place.ordered_at else ""
    return f"{creator}~{at}~{place.row}"


def _read_place(text: str) -> tuple[int | None, Place | None]:
    """Read where a page ended; what somebody made up leads to the beginning."""
    creator, _, rest = text.partition("~")
    at, _, row = rest.partition("~")
    if (number := row_number(row)) is None:
        return row_number(creator), None
    try:
        instant = datetime.fromisoformat(at) if at else None
    except ValueError:
        return None, None
    if instant is not None and instant.tzinfo is None:
        return None, None
    return row_number(creator), Place(instant, number)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
