"""One's own order lines by item, shop, day and platform (找单)."""

from datetime import datetime, time

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select

from bot.desk.days import DayRange
from bot.desk.facts import OwnedLine
from bot.desk.sought import MOST_FOUND, Sought
from bot.store.lines import owned_lines, read_lines
from bot.store.tables import bindings, order_facts, order_lines
from knowledge.normalise import cleaned
from knowledge.traditional import traditional
from settlement.shanghai import SHANGHAI, day_of, end_of

__all__ = ["search_lines"]

LOOKED_THROUGH = 2_000
"""Lines, the latest first, whose names are compared: a search must not hold up everybody else."""
_NAMES = ("item", "shop")


def search_lines(
    connection: Connection, user: int, sought: Sought, now: datetime
) -> tuple[OwnedLine, ...]:
    """The person's own lines that fit, the latest order first; at most MOST_FOUND.

    Names are looked for among the latest LOOKED_THROUGH lines of those days and platforms.
    """
    days = sought.days.range(day_of(now)) if sought.days else None
    if sought.days and days is None:
        return ()
    candidates = (
        select(order_lines.c.id)
        .join(bindings, bindings.c.creator == order_lines.c.creator)
        .where(bindings.c.user == bindparam("user"), bindings.c.ended_at.is_(None))
        .where(*_limits(sought, days))
        .order_by(order_lines.c.ordered_at.desc().nulls_last(), order_lines.c.id.desc())
        .limit(LOOKED_THROUGH if sought.words else MOST_FOUND)
    )
    statement = (
        owned_lines.where(order_lines.c.id.in_(candidates), *map(_named, sought.words))
        .order_by(order_lines.c.ordered_at.desc().nulls_last(), order_lines.c.id.desc())
        .limit(MOST_FOUND)
    )
    found = connection.execute(statement, {"users": [user], "user": user})
    return tuple(each.line for each in read_lines(found))


def _limits(sought: Sought, days: DayRange | None) -> list[ColumnElement[bool]]:
    limits: list[ColumnElement[bool]] = []
    if sought.platforms:
        limits.append(order_lines.c.platform.in_(sought.platforms))
    if days:
        begin = datetime.combine(days.first, time(), SHANGHAI)
        limits.append(order_lines.c.ordered_at.between(begin, end_of(days.last)))
    return limits


def _named(word: str) -> ColumnElement[bool]:
    """The word is part of a name, in either script; `contains` escapes what LIKE would read."""
    spellings = {word.lower(), cleaned(word), traditional(word)}
    return or_(
        *(
            func.lower(order_facts.c.facts[name].as_string()).contains(spelling, autoescape=True)
            for name in _NAMES
            for spelling in sorted(spellings)
        )
    )
