"""What becomes of what is due (推送决定): told together, told late, or no longer true."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.reminders.pushes import (
    DueLine,
    Judged,
    Outlook,
    Planned,
    Push,
    PushKind,
    Recipient,
    due_day,
)
from bot.reminders.standing import Standing, payout_of, standing_of
from settlement.diagnosis import State
from settlement.shanghai import day_of

__all__ = ["HANGING", "LATEST", "Known", "decide", "known_after"]

LATEST = timedelta(days=2)
"""How late a push still goes out by itself; what is older is told in one message."""
_ARRIVAL_KNOWN = frozenset({State.PAID, State.NO_ACCOUNT})
"""States in which nobody needs to be asked whether the money arrived."""
HANGING = frozenset(
    {State.OVERDUE, State.FROZEN, State.IN_AFTER_SALE, State.REFUND_UNDECIDED, State.NO_ACCOUNT}
)
"""States in which money that should come does not."""
_OF_NO_LINE = frozenset({PushKind.DIGEST, PushKind.GIVEN_UP, PushKind.ANSWERED})
_EXPLAINING = frozenset({PushKind.UPDATE, PushKind.MISSED})
"""Pushes that say what differs from what was told before."""
_AWAITED = frozenset({PushKind.FOUND, PushKind.GIVEN_UP, PushKind.ANSWERED})
"""What somebody waited for is told however late."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a person was told of a line: how it stood, and the payout day we named."""

    standing: Standing
    day: date | None


def decide(
    recipient: Recipient,
    planned: Iterable[Planned],
    lines: Mapping[int, Judged],
    known: Mapping[int, Known],
    outlooks: Sequence[Outlook],
    now: datetime,
) -> tuple[Push, ...]:
    """The messages that tell what is due; what is in none of them is no longer true.

    `lines` holds the lines of this person that may be told of, as they stand now. In quiet hours
    there is nothing: the caller asks again when they end. A line is reminded of once, at most:
    what the payout reminder says is no news a second later. But a change is no reminder.
    """
    if recipient.quiet.silent_at(now, recipient.zone):
        return ()
    today = day_of(now)
    in_order = sorted(planned, key=lambda each: (each.due_from, each))
    true = [
        each
        for each in in_order
        if _still_true(each, lines, known) and _is_time(each, recipient, today)
    ]
    once = list(_once(true, lines, known))
    late = _lateness(recipient, true, known, now)
    overdue = [each for each in once if each.kind not in _AWAITED and late[each] > LATEST]
    on_time = [each for each in once if each not in overdue]
    reminded = {each.line for each in on_time if each.kind is not PushKind.UPDATE}
    superseded = [each for each in overdue if each.line in reminded]
    overdue = [each for each in overdue if each.line not in reminded]
    weekly = [each for each in true if each.kind is PushKind.DIGEST]
    digest = weekly if weekly and _worth_a_digest(outlooks, today) else []
    groups = (*_grouped(on_time).values(), digest[-1:])
    on_their_own = [_push(recipient, group, lines, known, late) for group in groups if group]
    pushes = [_settling(push, superseded) for push in on_their_own]
    if overdue:
        pushes.append(_missed(recipient, overdue, lines, known, late))
    return tuple(_with_outlooks(push, outlooks) for push in pushes)


def known_after(push: Push, line: DueLine) -> Known:
    """What the person knows of a line once the push is said.

    A reminder tells the state; other money or another day than was told stays to be explained.
    """
    standing, payout = standing_of(line.diagnosis), payout_of(line.diagnosis)
    day = payout.day if payout else None
    if line.before is None or push.kind in _EXPLAINING:
        return Known(standing, day)
    asked = push.kind is PushKind.ARRIVED
    before = line.before if asked else replace(line.before, state=standing.state)
    return Known(before, line.before_day or day)


def _worth_a_digest(outlooks: Iterable[Outlook], today: date) -> bool:
    """Whether there is anything to sum up: what came in, what comes, or what hangs."""
    return any(
        each.fresh
        or each.standing.state in HANGING
        or (each.day is not None and each.day >= today and each.standing.state is not State.PAID)
        for each in outlooks
    )


def _still_true(planned: Planned, lines: Mapping[int, Judged], known: Mapping[int, Known]) -> bool:
    """Whether a push would still say what is so."""
    if planned.kind in _OF_NO_LINE:
        return True
    line = lines.get(planned.line)
    if line is None:
        return False
    if planned.kind is PushKind.FOUND:
        return True
    if planned.kind is PushKind.UPDATE:
        return _is_news(line, known.get(planned.line))
    payout = payout_of(line.diagnosis)
    if payout is None or payout.day != planned.day:
        return False
    return planned.kind is PushKind.PAYOUT or line.diagnosis.state not in _ARRIVAL_KNOWN


def _is_time(planned: Planned, recipient: Recipient, today: date) -> bool:
    """Whether what is said ahead is still ahead, and not too far for this person by now."""
    if planned.kind is not PushKind.AHEAD:
        return True
    return due_day(PushKind.AHEAD, planned.day, recipient.lead) <= today < planned.day


def _is_news(line: Judged, known: Known | None) -> bool:
    """Whether the person was told something else."""
    if known is None:
        return False
    standing = standing_of(line.diagnosis)
    if standing.differs(known.standing):
        return True
    payout = payout_of(line.diagnosis)
    return known.day is not None and payout is not None and payout.day != known.day


def _once(
    planned: Sequence[Planned], lines: Mapping[int, Judged], known: Mapping[int, Known]
) -> Iterator[Planned]:
    """Each line once of each kind; a change of state alone is told by the payout reminder."""
    paying = {each.line for each in planned if each.kind is PushKind.PAYOUT}
    seen: set[tuple[PushKind, int, int]] = set()
    for each in planned:
        about = (each.kind, each.line, 0 if each.line else each.version)
        if each.kind is PushKind.DIGEST or about in seen:
            continue
        seen.add(about)
        update = each.kind is PushKind.UPDATE
        if update and each.line in paying and _only_state(lines[each.line], known[each.line]):
            continue
        yield each


def _only_state(line: Judged, known: Known) -> bool:
    """Whether money and payout day are what the person was told."""
    with_state = replace(known.standing, state=line.diagnosis.state)
    return not _is_news(line, replace(known, standing=with_state))


def _lateness(
    recipient: Recipient, planned: Sequence[Planned], known: Mapping[int, Known], now: datetime
) -> dict[Planned, timedelta]:
    """How late each is; what is said ahead of a day that is news is no later than the news.

    Before a day was named, or was this one, nobody could have been told of it.
    """
    news = {each.line: each.due_from for each in planned if each.kind is PushKind.UPDATE}

    def since(each: Planned) -> datetime:
        ahead_of_news = each.kind is PushKind.AHEAD and each.line in news
        if ahead_of_news and known[each.line].day != each.day:
            return max(each.due_from, news[each.line])
        return each.due_from

    return {
        each: now - recipient.quiet.first_loud(since(each), recipient.zone) for each in planned
    }


def _grouped(planned: Iterable[Planned]) -> dict[tuple[object, ...], list[Planned]]:
    """What fits one message: the lines of a platform's payout day, or all changes at once."""
    groups: dict[tuple[object, ...], list[Planned]] = {}
    for each in planned:
        at_once = each.kind is PushKind.UPDATE or each.kind in _AWAITED
        about = (each.kind,) if at_once else (each.kind, each.platform, each.day)
        groups.setdefault(about, []).append(each)
    return groups


def _push(
    recipient: Recipient,
    planned: Sequence[Planned],
    lines: Mapping[int, Judged],
    known: Mapping[int, Known],
    late: Mapping[Planned, timedelta],
) -> Push:
    first, latest = planned[0], max(late[each] for each in planned)
    told = tuple(_due(lines[each.line], known) for each in planned if each.line)
    return Push(recipient, first.kind, first.platform, first.day, tuple(planned), told, latest)


def _settling(push: Push, superseded: Iterable[Planned]) -> Push:
    """Whoever is asked whether the money arrived needs no late word that its day had come.

    Merely forgotten, that would be planned anew when the line is judged again.
    """
    if push.kind is not PushKind.ARRIVED:
        return push
    asked = {(each.line, each.day) for each in push.planned}
    settled = (
        each
        for each in superseded
        if each.kind is PushKind.PAYOUT and (each.line, each.day) in asked
    )
    return replace(push, planned=(*push.planned, *settled))


def _missed(
    recipient: Recipient,
    planned: Sequence[Planned],
    lines: Mapping[int, Judged],
    known: Mapping[int, Known],
    late: Mapping[Planned, timedelta],
) -> Push:
    first = min(planned, key=lambda each: each.due_from)
    rows = dict.fromkeys(each.line for each in planned)
    told = tuple(_due(lines[row], known) for row in rows)
    return Push(recipient, PushKind.MISSED, "", first.day, tuple(planned), told, late[first])


def _due(line: Judged, known: Mapping[int, Known]) -> DueLine:
    before = known.get(line.row)
    return DueLine(
        line.row,
        line.order,
        line.diagnosis,
        before.standing if before else None,
        before.day if before else None,
    )


def _with_outlooks(push: Push, outlooks: Sequence[Outlook]) -> Push:
    return replace(push, outlooks=tuple(outlooks)) if push.kind is PushKind.DIGEST else push
