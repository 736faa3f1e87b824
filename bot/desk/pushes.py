"""Messages nobody just asked for (推送): reminders, questions, changes, summaries."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.desk.actions import Signer
from bot.desk.answered_pushes import say_answered
from bot.desk.awaited_pushes import ABOUT_AWAITED, say_awaited
from bot.desk.cards import Judged, card, title_of
from bot.desk.changes import change_of
from bot.desk.keys import Keys
from bot.desk.lists import groups_of, sorted_by_cause, sum_of
from bot.desk.markup import fit
from bot.desk.push_buttons import rows_of
from bot.desk.rendering import Voice
from bot.desk.replies import Say
from bot.desk.snapshot import Snapshot
from bot.desk.summary import summary_of
from bot.reminders import DueLine, Push, PushKind
from settlement.shanghai import day_of

__all__ = ["render_push"]

WORTH_SAYING = timedelta(hours=3)
"""From when on it matters that a push is late."""
MOST_CHANGES = 8
_HOUR = timedelta(hours=1)


def render_push(
    push: Push,
    now: datetime,
    *,
    secret: bytes,
    current: Callable[[], Snapshot] | None = None,
) -> Say:
    """Render a push: one line in full, several as a list; always with a way to stop.

    `current` gives the answers in force; without it a question that can be answered by now is
    to be asked again.
    """
    recipient = push.recipient
    voice = Voice(recipient.language, now, recipient.zone)
    keys = Keys(voice, Signer(secret), recipient.user)
    judged = sorted_by_cause(Judged(each.row, each.order, each.diagnosis) for each in push.lines)
    if push.kind is PushKind.ANSWERED:
        return say_answered(keys, push, current, now)
    if push.kind in ABOUT_AWAITED:
        return say_awaited(keys, push, judged)
    return Say(fit(_text(voice, push, judged, now)), rows_of(keys, push, judged))


def _text(voice: Voice, push: Push, judged: Sequence[Judged], now: datetime) -> str:
    match push.kind:
        case PushKind.UPDATE:
            return _update(voice, push)
        case PushKind.DIGEST:
            return voice.html("push_digest", **summary_of(push.outlooks, day_of(now)))
        case PushKind.MISSED:
            return _about_lines(voice, push, judged, days=max(1, push.late.days))
        case _:
            days = (push.day - day_of(now)).days
            return _about_lines(voice, push, judged, days=days)


def _about_lines(voice: Voice, push: Push, judged: Sequence[Judged], days: int) -> str:
    """Say what day it is about, then the one line in full, or the sums of several."""
    alone = len(judged) == 1
    heading = voice.html(
        f"push_{push.kind}",
        platform=voice.word("platforms", judged[0].order.platform),
        title=title_of(judged[0].order) if alone else None,
        day=voice.day(push.day),
        days=days,
        count=len(judged),
        net=sum_of(judged),
        groups=() if alone else groups_of(judged),
        late=_late(push),
    )
    if not alone or push.kind is PushKind.ARRIVED:
        return heading
    return f"{heading}\n\n{card(voice, judged[0])}"


def _update(voice: Voice, push: Push) -> str:
    changes = [change_of(voice, line) for line in _by_news(push.lines)]
    return voice.html(
        "push_update",
        changes=changes[:MOST_CHANGES],
        more=max(0, len(changes) - MOST_CHANGES),
        late=_late(push),
    )


def _by_news(lines: Sequence[DueLine]) -> list[DueLine]:
    return sorted(lines, key=lambda line: (line.order.platform, line.row))


def _late(push: Push) -> int | None:
    """How many hours late it is, where that matters."""
    if push.late < WORTH_SAYING or push.kind is PushKind.MISSED:
        return None
    return push.late // _HOUR
