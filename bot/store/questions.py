"""Questions people asked and got no sure answer to (未答问题): kept until somebody closes them."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from bot.store.tables import unanswered_questions

__all__ = [
    "ANSWERED",
    "NOT_OURS",
    "OpenQuestion",
    "answered_texts",
    "close_questions",
    "open_questions",
    "put_away",
    "unanswered_texts",
]

ANSWERED, NOT_OURS = "answered", "not_ours"
_AT_ONCE = 500

_questions = unanswered_questions.c
_is_open = _questions.closed_at.is_(None)


class OpenQuestion(NamedTuple):
    """A question nobody could answer yet."""

    id: int
    user: int
    text: str
    outcome: str
    asked_at: datetime


_columns = [_questions[name] for name in OpenQuestion._fields]
_open = select(*_columns).where(_is_open).order_by(_questions.id.desc()).limit(bindparam("count"))


def open_questions(connection: Connection, count: int) -> list[OpenQuestion]:
    """The latest questions that are neither answered nor put away."""
    return [OpenQuestion(*row) for row in connection.execute(_open, {"count": count})]


def answered_texts(connection: Connection, count: int) -> list[str]:
    """The texts of the latest questions that were answered after all."""
    found = (
        select(_questions.text)
        .where(_questions.closed_as == ANSWERED)
        .order_by(_questions.id.desc())
        .limit(count)
    )
    return list(dict.fromkeys(connection.execute(found).scalars()))


def put_away(connection: Connection, questions: Collection[int], now: datetime) -> int:
    """Close questions that are not ours to answer; how many were open."""
    return len(close_questions(connection, questions, NOT_OURS, None, now))


def unanswered_texts(connection: Connection) -> list[str]:
    """The texts of all questions that are kept, closed ones too; each once."""
    texts = select(_questions.text).distinct().order_by(_questions.text)
    return list(connection.execute(texts).scalars())


def close_questions(
    connection: Connection,
    questions: Collection[int],
    closed_as: str,
    entry: str | None,
    now: datetime,
) -> list[OpenQuestion]:
    """Close what is still open of these; each counts for whoever closes it first."""
    ids, closed = sorted(questions), []
    for first in range(0, len(ids), _AT_ONCE):
        statement = (
            unanswered_questions.update()
            .where(_is_open, _questions.id.in_(ids[first : first + _AT_ONCE]))
            .values(closed_at=now, closed_as=closed_as, entry=entry)
            .returning(*_columns)
        )
        closed += [OpenQuestion(*row) for row in connection.execute(statement)]
    return closed
