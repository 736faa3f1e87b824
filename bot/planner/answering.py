"""Questions that can be answered by now (有答案了): whose askers are still to be told of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from bot.reminders import AnsweredQuestion, Planned, Push, PushKind
from bot.store.answered import answers_of

__all__ = ["answers_due", "saying", "still_due"]


def answers_due(connection: Connection, planned: Iterable[Planned]) -> dict[int, AnsweredQuestion]:
    """The questions, by row, of which people are to be told that there is an answer."""
    rows = [each.version for each in planned if each.kind is PushKind.ANSWERED]
    return answers_of(connection, rows)


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
