"""How long things are kept (保留期限): what is older goes, a few rows at a time.

What was sent goes by `forgetting.py`, updates by `updates.py`; sign-ins go when somebody signs in.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, select, tuple_

from bot.store.tables import (
    audit_log,
    broadcast_recipients,
    broadcasts,
    given_answers,
    handoffs,
    hourly_counts,
    quarantine,
    unanswered_questions,
)

__all__ = ["KEPT", "RECIPIENTS_KEPT", "STILL_OPEN_KEPT", "Kept", "forget_old"]


class Kept(NamedTuple):
    """What is kept for how long from the instant in a column; where that is empty, for good."""

    table: Table
    since: "Column[Any]"
    kept: timedelta


KEPT = (
    Kept(quarantine, quarantine.c.set_aside_at, timedelta(days=90)),
    Kept(unanswered_questions, unanswered_questions.c.closed_at, timedelta(days=180)),
    Kept(given_answers, given_answers.c.given_at, timedelta(days=180)),
    Kept(handoffs, handoffs.c.closed_at, timedelta(days=400)),
    Kept(audit_log, audit_log.c.at, timedelta(days=400)),
    Kept(hourly_counts, hourly_counts.c.hour, timedelta(days=400)),
)
STILL_OPEN_KEPT = timedelta(days=400)
"""Questions nobody has closed by then will not be answered any more."""
RECIPIENTS_KEPT = timedelta(days=90)
"""Who was sent a broadcast, after its end; its figures stay."""


def forget_old(connection: Connection, now: datetime, count: int) -> int:
    """Forget up to `count` rows of each sort whose time has come; returns how many."""
    done = sum(_forget(connection, each, now, count) for each in KEPT)
    done += _forget_questions_left_open(connection, now - STILL_OPEN_KEPT, count)
    return done + _forget_recipients(connection, now - RECIPIENTS_KEPT, count)


def _forget(connection: Connection, rule: Kept, now: datetime, count: int) -> int:
    key = tuple_(*rule.table.primary_key)
    old = select(*rule.table.primary_key).where(rule.since < now - rule.kept).limit(count)
    return connection.execute(rule.table.delete().where(key.in_(old))).rowcount


def _forget_questions_left_open(connection: Connection, before: datetime, count: int) -> int:
    """They are looked for among the first, for the later ones are younger."""
    questions = unanswered_questions.c
    first = select(questions.id).where(questions.closed_at.is_(None))
    oldest = first.order_by(questions.id).limit(count)
    old = (questions.asked_at < before) & questions.id.in_(oldest)
    return connection.execute(unanswered_questions.delete().where(old)).rowcount


def _forget_recipients(connection: Connection, before: datetime, count: int) -> int:
    recipients = broadcast_recipients
    ended = select(broadcasts.c.id).where(broadcasts.c.finished_at < before)
    old = select(*recipients.primary_key).where(recipients.c.broadcast.in_(ended)).limit(count)
    gone = recipients.delete().where(tuple_(*recipients.primary_key).in_(old))
    return connection.execute(gone).rowcount
