"""Questions that can be answered by now (有答案了), and telling those who asked, once."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, bindparam, func, select

from bot.reminders import AnsweredQuestion, Planned, PushKind
from bot.store.inserting import Insert, Inserting, insert_for
from bot.store.pushes import plan_each
from bot.store.questions import ANSWERED, OpenQuestion, close_questions
from bot.store.tables import given_answers, opt_outs, pushes, unanswered_questions
from settlement.shanghai import day_of

__all__ = [
    "TOLD_WITHIN",
    "answers_of",
    "close_answered",
    "leave_answers",
    "note_given",
    "people_reached",
]

TOLD_WITHIN = timedelta(days=30)
"""Who asked longer ago has found out elsewhere, or does not care any more."""

_questions = unanswered_questions.c
_known_by_now = (
    select(given_answers.c.user)
    .where(
        given_answers.c.user == _questions.user,
        given_answers.c.entry == _questions.entry,
        given_answers.c.given_at >= _questions.asked_at,
    )
    .exists()
)
_wants_none = select(opt_outs.c.user).where(opt_outs.c.user == _questions.user).exists()
_answers = select(_questions.id, _questions.text, _questions.entry).where(
    _questions.id.in_(bindparam("ids", expanding=True)),
    _questions.closed_as == ANSWERED,
    ~_known_by_now,
    ~_wants_none,
)


def close_answered(
    connection: Connection, questions: Collection[int], entry: str, now: datetime
) -> int:
    """Close questions that an entry answers by now, and plan to tell who asked; how many that are.

    Each is told of once, by its own row; nobody who asked longer than `TOLD_WITHIN` ago is.
    """
    closed = close_questions(connection, questions, ANSWERED, entry, now)
    lately = [each for each in closed if each.asked_at >= now - TOLD_WITHIN]
    plan_each(connection, [_planned(each, now) for each in lately])
    return len({each.user for each in lately})


def answers_of(connection: Connection, questions: Collection[int]) -> dict[int, AnsweredQuestion]:
    """Of these questions, by their ids, those whose askers still want and need to be told."""
    found = connection.execute(_answers, {"ids": list(questions)}) if questions else ()
    return {id_: AnsweredQuestion(text, entry) for id_, text, entry in found}


def leave_answers(connection: Connection, user: int) -> None:
    """Tell a person of none of the answers that are planned; what they ask later counts again."""
    planned = pushes.delete().where(
        pushes.c.user == user, pushes.c.kind == PushKind.ANSWERED, pushes.c.released_at.is_(None)
    )
    connection.execute(planned)


def note_given(connection: Connection, given: Iterable[tuple[int, str]], now: datetime) -> None:
    """Keep which answers people were just given, by user and entry."""
    rows = [
        {"user": user, "entry": entry, "given_at": now} for user, entry in dict.fromkeys(given)
    ]
    if rows:
        connection.execute(_note(insert_for(connection)), rows)


def people_reached(connection: Connection) -> dict[str, int]:
    """How many people were given each answer, of those that anybody was given."""
    counted = select(given_answers.c.entry, func.count()).group_by(given_answers.c.entry)
    return {entry: count for entry, count in connection.execute(counted)}


@cache
def _note(insert_into: Inserting) -> Insert:
    """Built once: building it anew costs as much as carrying it out."""
    statement = insert_into(given_answers)
    latest = {"given_at": statement.excluded.given_at}
    return statement.on_conflict_do_update(index_elements=["user", "entry"], set_=latest)


def _planned(question: OpenQuestion, now: datetime) -> Planned:
    about = (0, day_of(question.asked_at), question.id, "")
    return Planned(question.user, PushKind.ANSWERED, *about, now, now)
