"""What a week's summary is made of (每周小结)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from bot.desk.facts import Scope
from bot.reminders import Outlook, Standing
from bot.store.tables import bindings, order_lines, outlooks, payout_days, subscriptions

__all__ = ["outlooks_of", "wanting_digest"]

MOST_LINES = 5_000
"""Lines a summary goes through, the latest first; nobody reads of more in a week."""


def outlooks_of(connection: Connection, user: int, since: datetime) -> tuple[Outlook, ...]:
    """How a person's own lines stand; those first seen after `since` are fresh."""
    statement = (
        select(outlooks.c.standing, outlooks.c.platform, payout_days.c.day, outlooks.c.seen_at)
        .select_from(bindings)
        .join(order_lines, order_lines.c.creator == bindings.c.creator)
        .join(outlooks, outlooks.c.line == order_lines.c.id)
        .outerjoin(payout_days, payout_days.c.cycle == outlooks.c.cycle)
        .where(bindings.c.user == user, bindings.c.ended_at.is_(None))
        .order_by(order_lines.c.id.desc())
        .limit(MOST_LINES)
    )
    return tuple(
        Outlook(Standing.read(standing), platform, day, seen_at > since)
        for standing, platform, day, seen_at in connection.execute(statement)
    )


def wanting_digest(connection: Connection, users: Collection[int]) -> set[int]:
    """Those of these people who want the week's summary at this moment."""
    wishes = select(subscriptions.c.user).where(
        subscriptions.c.user.in_(users),
        subscriptions.c.scope == Scope.DIGEST,
        subscriptions.c.ended_at.is_(None),
    )
    return set(connection.execute(wishes).scalars()) if users else set()
