"""Broadcasts (群发): people planned in small parts, in the outbox only when it is their turn.

Only a few seconds' worth is ever in the outbox: so a pause holds up nearly everything, reminders
wait for nobody, and a million people cost a row each and no more.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.desk.broadcasts import BroadcastState, Words
from bot.desk.replies import Say
from bot.planner.hearing import recipients_of
from bot.planner.work import Work
from bot.reminders import Recipient, first_chance
from bot.store.broadcasts import Broadcast, finish, open_broadcasts
from bot.store.letters import Kind, Letter
from bot.store.locks import hold
from bot.store.outbox import enqueue
from bot.store.recipient_outcomes import nobody_is_left, outcomes_of_handed, write_outcomes
from bot.store.recipients import (
    defer_recipients,
    due_recipients,
    hand_over,
    key_of,
    leave_out,
    locked_recipients,
    plan_recipients,
)
from bot.store.releasing import waiting_letters
from bot.store.segments import Candidate, fitting, next_people

__all__ = ["RenderBroadcast", "send_broadcasts"]

ROOM = 50
"""Letters that may wait to be sent: two seconds' worth, as turns come every second."""
PLANNED_AT_ONCE = 200
JUDGED_AT_ONCE = 40
"""People planned in one transaction, and fewer where their orders have to be judged."""
PARTS_A_TURN = 5

RenderBroadcast = Callable[[Words, str, int], Say]
"""The message in a language, for one person."""


@dataclass(frozen=True, slots=True)
class _Turns:
    """What to do with people whose turn has come: the letters, who waits on, who gets none."""

    letters: Sequence[Letter]
    handed: Collection[int]
    silent: Mapping[int, datetime]
    left_out: Mapping[str, Collection[int]]


def send_broadcasts(work: Work, render: RenderBroadcast, *, room: int = ROOM) -> int:
    """Settle what was sent, plan more people, hand over whose turn it is: how many letters."""
    _settle(work)
    with work.reading() as connection:
        found = open_broadcasts(connection, work.now)
    written = 0
    for broadcast in found:
        if broadcast.sends and broadcast.planned_at is None:
            _plan(work, broadcast)
        if broadcast.sends:
            written += _hand_over(work, render, broadcast, room)
        _finish(work, broadcast)
    return written


def _settle(work: Work) -> None:
    with work.reading() as connection:
        outcomes = outcomes_of_handed(connection)
    if outcomes:
        work.carry_out(partial(write_outcomes, outcomes=outcomes, now=work.now))


def _plan(work: Work, broadcast: Broadcast) -> None:
    """Plan some more people; each part is kept with how far it goes, so a kill repeats none."""
    count = JUDGED_AT_ONCE if broadcast.segment.states else PLANNED_AT_ONCE
    after = broadcast.planned_upto
    for _ in range(PARTS_A_TURN):
        with work.reading() as connection:
            people = next_people(connection, broadcast.segment, after, count)
            chosen = _chosen(work, connection, broadcast, people)
        upto = people[-1].user if people else after
        part = _Part(broadcast.id, chosen, after, upto, work.now if len(people) < count else None)
        if not work.run(part.keep) or len(people) < count:
            return
        after = upto


@dataclass(frozen=True, slots=True)
class _Part:
    """Some people of a broadcast, by when each may be written to first."""

    broadcast: int
    chosen: Mapping[int, datetime]
    after: int
    upto: int
    over_at: datetime | None

    def keep(self, connection: Connection) -> int:
        """1 if they are planned; 0 if the broadcast is not to go on."""
        # Whoever is being erased is waited for.
        hold(connection, {("user", user) for user in self.chosen})
        return plan_recipients(
            connection, self.broadcast, self.chosen, self.after, self.upto, self.over_at
        )


def _chosen(
    work: Work, connection: Connection, broadcast: Broadcast, people: Sequence[Candidate]
) -> dict[int, datetime]:
    users = {each.user for each in people}
    if broadcast.segment.states:
        users = fitting(connection, broadcast.segment, users, work.rulebook, work.now)
    return {
        each.user: first_chance(
            broadcast.appointed,
            work.zone_of(each.clock.zone),
            work.quiet_of(each.clock),
            work.now,
        )
        for each in people
        if each.user in users
    }


def _hand_over(work: Work, render: RenderBroadcast, broadcast: Broadcast, room: int) -> int:
    with work.reading() as connection:
        room -= waiting_letters(connection, work.now, room)
        users = due_recipients(connection, broadcast.id, work.now, room) if room > 0 else []
    return work.run(partial(_write, work, render, broadcast, users)) if users else 0


def _write(
    work: Work,
    render: RenderBroadcast,
    broadcast: Broadcast,
    users: Sequence[int],
    connection: Connection,
) -> int:
    """Put letters into the outbox and note whose; who opts out at this moment is waited for."""
    hold(connection, {("user", user) for user in users})
    wanting = locked_recipients(connection, broadcast.id, users)
    turns = _turns(
        work, render, broadcast, wanting, recipients_of(work, connection, list(wanting))
    )
    for reason, people in turns.left_out.items():
        leave_out(connection, broadcast.id, people, reason, work.now)
    defer_recipients(connection, broadcast.id, turns.silent)
    hand_over(connection, broadcast.id, turns.handed)
    return enqueue(connection, turns.letters, work.now)


def _turns(
    work: Work,
    render: RenderBroadcast,
    broadcast: Broadcast,
    wanting: Mapping[int, bool],
    reachable: Mapping[int, Recipient],
) -> _Turns:
    out = [user for user, opted_out in wanting.items() if opted_out]
    gone = [user for user in wanting if user not in reachable and user not in out]
    people = [each for user, each in reachable.items() if user not in out]
    loud = {each.user: each.quiet.first_loud(work.now, each.zone) for each in people}
    now = [each for each in people if loud[each.user] <= work.now]
    return _Turns(
        [_letter(work, render, broadcast, each) for each in now],
        [each.user for each in now],
        {user: at for user, at in loud.items() if at > work.now},
        {"opted_out": out, "blocked": gone},
    )


def _letter(
    work: Work, render: RenderBroadcast, broadcast: Broadcast, person: Recipient
) -> Letter:
    return Letter(
        key_of(broadcast.id, person.user),
        Kind.PUSH,
        person.chat,
        render(broadcast.words, person.language, person.user),
        person.user,
        send_until=person.quiet.next_silence(work.now, person.zone),
    )


def _finish(work: Work, broadcast: Broadcast) -> None:
    stopped = broadcast.state is BroadcastState.STOPPING
    if broadcast.planned_at is None and not stopped:
        return
    with work.reading() as connection:
        over = nobody_is_left(connection, broadcast.id, stopped=stopped)
    if over:
        work.carry_out(partial(finish, broadcast=broadcast, now=work.now))
