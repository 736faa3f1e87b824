"""Questions that can be answered by now (有答案了): whose askers are still to be told of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.reminders import AnsweredQuestion, Planned, Push, PushKind
from bot.store.answered import answers_of

__all__ = ["answers_due", "sayable", "saying", "still_due"]

PATIENCE = timedelta(minutes=10)
"""How long an entry may take to be in force here; what is not there then was taken back."""


def answers_due(connection: Connection, planned: Iterable[Planned]) -> dict[int, AnsweredQuestion]:
    """The questions, by row, of which people are to be told that there is an answer."""
    rows = [each.version for each in planned if each.kind is PushKind.ANSWERED]
    return answers_of(connection, rows)


def sayable(
    planned: Mapping[int, Sequence[Planned]],
    answers: Mapping[int, AnsweredQuestion],
    knows: Callable[[str], bool],
    now: datetime,
) -> dict[int, list[Planned]]:
    """What can be said by now: an edit is published a moment before this process has it."""

    def waits(each: Planned) -> bool:
        answer = answers.get(each.version) if each.kind is PushKind.ANSWERED else None
        return answer is not None and not knows(answer.entry) and now - each.due_from < PATIENCE

    return {user: [each for each in theirs if not waits(each)] for user, theirs in planned.items()}


def still_due(
    planned: Sequence[Planned], answers: Mapping[int, AnsweredQuestion]
) -> tuple[Planned, ...]:
    """Without what the person knows by now, or does not want to be told."""
    return tuple(
        each for each in planned if each.kind is not PushKind.ANSWERED or each.version in answers
    )


def saying(push: Push, answers: Mapping[int, AnsweredQuestion]) -> Push:
    """Give a push the questions it is about, each once however often it was asked."""
    if push.kind is not PushKind.ANSWERED:
        return push
    asked = dict.fromkeys(answers[each.version] for each in push.planned)
    return replace(push, answers=tuple(asked))
