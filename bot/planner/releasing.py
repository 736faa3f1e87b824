"""Turning planned pushes into letters (推送释放): rendered beside the writer, then kept."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from sqlalchemy import Connection

from bot.desk.facts import Scope
from bot.desk.replies import Say
from bot.planner.answering import answers_due, sayable, saying, still_due
from bot.planner.awaited import awaited_in_vain, naming
from bot.planner.hearing import may_hear, recipients_of, scopes_of
from bot.planner.work import Work
from bot.reminders import (
    Judged,
    Known,
    Outlook,
    Planned,
    Push,
    PushKind,
    Recipient,
    decide,
    known_after,
)
from bot.store.digests import outlooks_of, wanting_digest
from bot.store.letters import Kind, Letter
from bot.store.lines import stored_order
from bot.store.locks import hold
from bot.store.outbox import enqueue
from bot.store.outlooks import lines_judged_before
from bot.store.releasing import (
    defer,
    drop,
    due_people,
    due_pushes,
    known_document,
    release,
    see_what_became,
    waiting_letters,
)
from bot.store.told import known_to, tell
from bot.store.watching import watchers_of
from settlement.diagnosis import diagnose

__all__ = ["RenderPush", "release_due"]

PEOPLE_AT_ONCE = 50
ROOM = 100
"""Letters that may wait to be sent: no more than go out in a few seconds, so that none waits
until the night, and what somebody stops is stopped."""
SEEN_AT_ONCE = 500
WEEK = timedelta(days=7)

RenderPush = Callable[[Push, datetime], Say]


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything that decides what a person is told."""

    recipient: Recipient
    planned: tuple[Planned, ...]
    lines: Mapping[int, Judged]
    known: Mapping[int, Known]
    outlooks: Sequence[Outlook]


@dataclass(frozen=True, slots=True)
class _Released:
    """What a part of the people is told, and what is put off or no longer true."""

    said: Sequence[tuple[Push, Say]]
    dropped: Sequence[Planned]
    silent: Mapping[int, datetime]


def release_due(work: Work, render: RenderPush, *, settled: bool) -> int:
    """Put what is due into the outbox, as far as it has room; how many letters that were.

    `settled` says that some of the letters before were sent or dropped.
    """
    if settled:
        work.carry_out(partial(see_what_became, count=SEEN_AT_ONCE))
    written, more = 0, True
    done: set[int] = set()
    while more:
        users, more = _next_people(work, done)
        if not users:
            break
        done |= set(users)
        released = _prepare(work, render, users)
        written += work.run(partial(_write, work, released))
    return written


def _next_people(work: Work, done: Collection[int]) -> tuple[list[int], bool]:
    """Some of the people something is due for, and whether there are more of them."""
    with work.reading() as connection:
        if waiting_letters(connection, work.now, ROOM) >= ROOM:
            return [], False
        # A person whose push could not be kept now gets another try in the next turn.
        found, more = due_people(connection, work.now, PEOPLE_AT_ONCE + len(done))
    users = [user for user in found if user not in done]
    return users[:PEOPLE_AT_ONCE], more or len(users) > PEOPLE_AT_ONCE


def _prepare(work: Work, render: RenderPush, users: Sequence[int]) -> _Released:
    said: list[tuple[Push, Say]] = []
    dropped: list[Planned] = []
    silent: dict[int, datetime] = {}
    with work.reading() as connection:
        planned = due_pushes(connection, users, work.now)
        answers = answers_due(connection, chain.from_iterable(planned.values()))
        planned = sayable(planned, answers, work.knows, work.now)
        cases = _cases(work, connection, planned)
        numbers = awaited_in_vain(connection, planned)
    for user, theirs in planned.items():
        case = cases.get(user)
        if case is None:
            dropped.extend(theirs)
            continue
        recipient = case.recipient
        if recipient.quiet.silent_at(work.now, recipient.zone):
            silent[user] = recipient.quiet.first_loud(work.now, recipient.zone)
            continue
        due = still_due(case.planned, answers)
        pushes = decide(recipient, due, case.lines, case.known, case.outlooks, work.now)
        named = (saying(naming(push, numbers), answers) for push in pushes)
        said.extend((push, render(push, work.now)) for push in named)
        kept = {each for push in pushes for each in push.planned}
        dropped.extend(each for each in theirs if each not in kept)
    return _Released(said, dropped, silent)


def _cases(
    work: Work, connection: Connection, planned: Mapping[int, Sequence[Planned]]
) -> dict[int, _Case]:
    users = list(planned)
    rows = {each.line for theirs in planned.values() for each in theirs if each.line}
    watchers = scopes_of(watchers_of(connection, users, rows))
    known = known_to(connection, users, rows)
    judged = _judged(work, connection, rows)
    recipients = recipients_of(work, connection, users)
    summed_up = [user for user in recipients if _is_weekly(planned[user])]
    outlooks = {
        user: outlooks_of(connection, user, work.now - WEEK)
        for user in wanting_digest(connection, summed_up)
    }
    return {
        user: _case(recipient, planned[user], watchers, known, judged, outlooks.get(user))
        for user, recipient in recipients.items()
    }


def _case(
    recipient: Recipient,
    planned: Sequence[Planned],
    watchers: Mapping[tuple[int, int], set[Scope]],
    known: Mapping[tuple[int, int], Known],
    judged: Mapping[int, Judged],
    outlooks: Sequence[Outlook] | None,
) -> _Case:
    """What decides what a person is told; without `outlooks` they want no summary."""
    user = recipient.user
    mine = {line: each for (owner, line), each in known.items() if owner == user}
    allowed = tuple(
        each
        for each in planned
        if (outlooks is not None or each.kind is not PushKind.DIGEST)
        and may_hear(
            each,
            watchers.get((user, each.line), set()),
            named=each.line in mine and mine[each.line].day is not None,
        )
    )
    lines = {each.line: judged[each.line] for each in allowed if each.line in judged}
    return _Case(recipient, allowed, lines, mine, outlooks or ())


def _is_weekly(planned: Sequence[Planned]) -> bool:
    return any(each.kind is PushKind.DIGEST for each in planned)


def _judged(work: Work, connection: Connection, rows: Collection[int]) -> dict[int, Judged]:
    judged = {}
    for line in lines_judged_before(connection, rows) if rows else ():
        order = stored_order(line.line, line.facts)
        judged[line.line] = Judged(line.line, order, diagnose(order, work.rulebook, work.now))
    return judged


def _write(work: Work, released: _Released, connection: Connection) -> int:
    """Keep what is said, if it is still open, and if the person still wants and owns it.

    Whoever changes what they want at this moment, here or in another replica, is waited for.
    """
    users = {push.recipient.user for push, _ in released.said} | set(released.silent)
    users |= {each.user for each in released.dropped}
    hold(connection, {("user", user) for user in users})
    still_open = due_pushes(connection, users, work.now, lock=True)
    recipients = recipients_of(work, connection, list(users))
    current = [
        (push, say)
        for push, say in released.said
        if _is_current(push, still_open) and recipients.get(push.recipient.user) == push.recipient
    ]
    rows = {line.row for push, _ in current for line in push.lines}
    senders = {push.recipient.user for push, _ in current}
    watchers = scopes_of(watchers_of(connection, senders, rows)) if current else {}
    weekly = [push.recipient.user for push, _ in current if push.kind is PushKind.DIGEST]
    summed_up = wanting_digest(connection, weekly)
    wanted = [
        (push, say)
        for push, say in current
        if _is_wanted(connection, push, watchers, push.recipient.user in summed_up)
    ]
    drop(connection, [each for each in released.dropped if each in still_open.get(each.user, ())])
    for user, until in released.silent.items():
        defer(connection, user, until)
    return _send(work, connection, wanted)


def _is_current(push: Push, still_open: Mapping[int, Collection[Planned]]) -> bool:
    return set(push.planned) <= set(still_open.get(push.recipient.user, ()))


def _is_wanted(
    connection: Connection,
    push: Push,
    watchers: Mapping[tuple[int, int], set[Scope]],
    wants_digest: bool,
) -> bool:
    user = push.recipient.user
    if push.kind is PushKind.DIGEST:
        return wants_digest
    if push.kind is PushKind.ANSWERED:
        return len(answers_due(connection, push.planned)) == len(push.planned)
    named = {line.row: line.before_day is not None for line in push.lines} | {0: False}
    return all(
        may_hear(each, watchers.get((user, each.line), set()), named=named[each.line])
        for each in push.planned
    )


def _send(work: Work, connection: Connection, said: Sequence[tuple[Push, Say]]) -> int:
    letters = [_letter(work, push, say) for push, say in said]
    before = known_to(
        connection,
        {push.recipient.user for push, _ in said},
        {line.row for push, _ in said for line in push.lines},
    )
    release(
        connection,
        (
            (each, push.key, known_document(before.get((each.user, each.line))))
            for push, _ in said
            for each in push.planned
        ),
        work.now,
    )
    tell(
        connection,
        {
            (push.recipient.user, line.row): known_after(push, line)
            for push, _ in said
            for line in push.lines
        },
    )
    return enqueue(connection, letters, work.now)


def _letter(work: Work, push: Push, say: Say) -> Letter:
    recipient = push.recipient
    return Letter(
        push.key,
        Kind.PUSH,
        recipient.chat,
        say,
        recipient.user,
        send_until=recipient.quiet.next_silence(work.now, recipient.zone),
    )
