"""Payout reminders: wishing for them, seeing them, stopping them (到账提醒)."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.desk.actions import Action, Verb, fingerprint
from bot.desk.broadcasts import LISTED, OPT_IN
from bot.desk.cards import Judged
from bot.desk.dates import has_date_ahead
from bot.desk.effects import Arrival, Snooze, Subscribe, Unsubscribe
from bot.desk.facts import OwnedLine, Scope, Subscription
from bot.desk.lists import judge, line_button
from bot.desk.numbers_awaited import ALL_AWAITED
from bot.desk.orders import on_the_table, show
from bot.desk.reasons import nothing_ahead
from bot.desk.replies import Answered, Button, Say
from bot.desk.turn import NEW_MESSAGE, Turn
from bot.reminders import PushKind
from settlement.model import Platform

__all__ = [
    "FOLLOWED",
    "answer_arrival",
    "change_everything",
    "change_line",
    "follow",
    "leave_out",
    "reminders",
    "show_reminders",
    "snooze",
]

_MOST_LISTED = 20
_MOST_AWAITED = 5
_SNOOZES = frozenset({"1", "3"})
"""Days until a reminder comes again."""
FOLLOWED = frozenset({Scope.PLATFORM, Scope.CHANGES, Scope.DIGEST})
"""Scopes that are wished for and ended each by itself."""
_PAID_ON = re.compile(rf"({'|'.join(Platform)})\.(\d{{4}})(\d\d)(\d\d)\.(\d{{1,18}})", re.ASCII)


class _PaidOn(NamedTuple):
    """The payout day a button is about; `row` is 0 for all lines of that day."""

    platform: str
    day: date
    row: int


def show_reminders(turn: Turn) -> Answered:
    """Answer /reminders."""
    return turn.answered(reminders(turn))


def reminders(turn: Turn) -> Say:
    """List what the person is subscribed to."""
    subscriptions = turn.facts.subscriptions
    rows = {each.row for each in subscriptions if each.scope is Scope.ORDER}
    judged = judge(turn, (line for line in turn.facts.lines if line.row in rows))
    coming = [each for each in judged if not nothing_ahead(each.diagnosis)]
    return _listed(turn, coming, subscriptions)


def change_everything(turn: Turn, action: Action, *, wish: bool) -> Answered:
    """Subscribe to everything the person has, or end every reminder."""
    if not turn.bound:
        return turn.expired()
    effect = Subscribe(Scope.EVERYTHING) if wish else Unsubscribe(Scope.EVERYTHING)
    stopped = "stopped_all" if action.origin == NEW_MESSAGE else "unsubscribed"
    toast = turn.toast("subscribed_all" if wish else stopped)
    everything = Subscription(0, turn.incoming.user, Scope.EVERYTHING, None, turn.now)
    kept = turn if wish else replace(turn, facts=replace(turn.facts, awaited=()))
    listed = _listed(kept, (), (everything,) if wish else ())
    return turn.answered(*toast, turn.placed(listed, action.origin), effects=(effect,))


def change_line(turn: Turn, line: OwnedLine, origin: str, *, wish: bool) -> Answered:
    """Subscribe to one line, or end that, and show its card with the bell turned."""
    judged = judge(turn, (line,))[0]
    word = "unsubscribed"
    if wish:
        word = "subscribed" if has_date_ahead(judged.diagnosis) else "subscribed_undated"
    shown = turn.placed(show(turn, judged, origin, wished=wish))
    effect = Subscribe(Scope.ORDER, line.row) if wish else Unsubscribe(Scope.ORDER, line.row)
    return on_the_table(turn, line, *turn.toast(word), shown, effects=(effect,))


def leave_out(turn: Turn, line: OwnedLine) -> Answered:
    """Tell nothing more of one line, whatever else the person is subscribed to."""
    effect = Subscribe(Scope.MUTED, line.row)
    return turn.answered(*turn.toast("left_out"), effects=(effect,))


def follow(turn: Turn, action: Action, *, wish: bool) -> Answered | None:
    """Subscribe to a platform's payout days, to changes or to the week's summary, or end that."""
    if not turn.bound:
        return turn.answered(turn.unbound())
    name, _, platform = action.subject.partition(".")
    if name not in FOLLOWED:
        return None
    shown = turn.voice.text("platforms", platform) if platform else ""
    toast = turn.toast(f"{'follow' if wish else 'unfollow'}_{name}", platform=shown)
    change = Subscribe if wish else Unsubscribe
    return turn.answered(*toast, effects=(change(Scope(name), None, platform),))


def snooze(turn: Turn, action: Action) -> Answered | None:
    """Come back to a reminder in some days, as soon as the person may be pushed."""
    kind, _, rest = action.subject.partition(".")
    days, _, about = rest.partition(".")
    paid_on = _paid_on(about)
    known = kind in set(PushKind) and days in _SNOOZES
    if not turn.bound or paid_on is None or not known:
        return None
    at = _in_days(turn.now, int(days), turn)
    effect = Snooze(PushKind(kind), paid_on.platform, paid_on.day, paid_on.row, at)
    return turn.answered(*turn.toast(f"snoozed_{days}"), effects=(effect,))


def answer_arrival(turn: Turn, action: Action, *, arrived: bool) -> Answered | None:
    """Take note that the money arrived, or open a case for the operator."""
    paid_on = _paid_on(action.subject)
    if not turn.bound or paid_on is None:
        return None
    number = _case_number(turn.incoming.user, paid_on)
    effect = Arrival(paid_on.platform, paid_on.day, paid_on.row, number, arrived)
    said = turn.say(
        "arrived" if arrived else "case",
        number=number,
        platform=turn.voice.word("platforms", paid_on.platform),
        day=turn.voice.day(paid_on.day),
    )
    toast = turn.toast("good" if arrived else "recorded")
    return turn.answered(*toast, turn.placed(said, NEW_MESSAGE), effects=(effect,))


def _paid_on(subject: str) -> _PaidOn | None:
    """Read what a button is about; None if an older release made it otherwise."""
    found = _PAID_ON.fullmatch(subject)
    if found is None:
        return None
    platform, year, month, day, row = found.groups()
    return _PaidOn(platform, date(int(year), int(month), int(day)), int(row))


def _in_days(now: datetime, days: int, turn: Turn) -> datetime:
    """Midnight so many days on, where the person lives; their sending hours do the rest."""
    chosen = turn.facts.preferences.zone
    zone = ZoneInfo(chosen) if chosen else turn.voice.zone
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=days), time(), zone)


def _case_number(user: int, paid_on: _PaidOn) -> str:
    """A number to quote, the same however often the button is pressed."""
    mark = fingerprint(user, *paid_on)[:5].upper().replace("_", "X").replace("-", "Y")
    return f"{paid_on.day:%m%d}-{mark}"


def _listed(turn: Turn, lines: Sequence[Judged], subscriptions: Sequence[Subscription]) -> Say:
    scopes = {each.scope for each in subscriptions} - {Scope.ORDER, Scope.MUTED}
    everything = Scope.EVERYTHING in scopes
    awaited = turn.facts.awaited
    platforms = [each.platform for each in subscriptions if each.scope is Scope.PLATFORM]
    return turn.say(
        "reminders",
        tuple(_rows(turn, lines, scopes)),
        everything=everything,
        lines=len(lines),
        bound=turn.bound,
        platforms=[turn.voice.word("platforms", each) for each in platforms],
        changes=Scope.CHANGES in scopes,
        digest=Scope.DIGEST in scopes,
        awaited=awaited[:_MOST_AWAITED],
        more_awaited=max(0, len(awaited) - _MOST_AWAITED),
    )


def _rows(
    turn: Turn, lines: Sequence[Judged], scopes: Collection[Scope]
) -> Iterator[tuple[Button, ...]]:
    """What can be stopped, changed and wished for; `scopes` are those beside single lines."""
    if Scope.EVERYTHING not in scopes:
        for each in lines[:_MOST_LISTED]:
            yield (line_button(turn.keys, each, Verb.REMINDERS),)
        if turn.bound:
            yield (turn.button("subscribe_all", Verb.SUBSCRIBE),)
    if turn.bound:
        yield (turn.button("preferences", Verb.PREFERENCES),)
    else:
        yield from turn.ways_to_bind()
    if turn.facts.awaited:
        yield (turn.button("leave_all_awaited", Verb.LEAVE_AWAITED, ALL_AWAITED),)
    if scopes or lines or turn.facts.awaited:
        yield (turn.button("unsubscribe_all", Verb.UNSUBSCRIBE),)
    if turn.facts.preferences.opted_out:
        yield (turn.button("broadcasts_again", Verb.OPT_OUT, f"{OPT_IN}.{LISTED}"),)
