"""What a message asks of one's own beside order numbers (查找): orders, PIDs, awaited numbers."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from bot.desk.facts import Dialogue, OwnedLine, Promoter, Wanted
from bot.desk.sought import Sought
from bot.store.awaiting import awaited_by
from bot.store.searching import search_lines
from bot.store.tables import bindings, promoters
from settlement.model import Platform

__all__ = ["OwnFacts", "look_up"]

_ASKED = "order_number"
"""What a dialogue waits for that has asked which order is meant."""
_promoters = (
    select(promoters.c.platform, promoters.c.hint, promoters.c.value)
    .join(bindings, bindings.c.creator == promoters.c.creator)
    .where(bindings.c.ended_at.is_(None))
    .order_by(promoters.c.platform, promoters.c.hint, promoters.c.value)
)


class OwnFacts(NamedTuple):
    """What was asked for of these; the fields are those of `Facts`."""

    found: tuple[tuple[OwnedLine, ...], ...] = ()
    promoters: tuple[Promoter, ...] = ()
    awaited: tuple[str, ...] = ()


def look_up(
    connection: Connection, user: int, wanted: Wanted, dialogue: Dialogue, now: datetime
) -> OwnFacts:
    """Look up what a person's message asks of their own; nothing of anybody else's."""
    return OwnFacts(
        tuple(
            search_lines(connection, user, sought, now) if _is_asked(sought, dialogue) else ()
            for sought in wanted.sought
        ),
        _promoters_of(connection, user) if wanted.promoters else (),
        awaited_by(connection, user) if wanted.awaited else (),
    )


def _is_asked(sought: Sought, dialogue: Dialogue) -> bool:
    """Whether the text, or what was said before it, asks for an order."""
    if not sought.only_if_asked or dialogue.waiting_for == _ASKED:
        return True
    return sought.follows and dialogue.shows_orders


def _promoters_of(connection: Connection, user: int) -> tuple[Promoter, ...]:
    found = connection.execute(_promoters.where(bindings.c.user == user))
    return tuple(Promoter(Platform(platform), hint, value) for platform, hint, value in found)
