"""Broadcasts (群发) as they are kept: written, scheduled, held up and ended."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.desk.broadcasts import BroadcastState, Words
from bot.desk.segments import Segment
from bot.reminders import Appointed
from bot.store.recipient_outcomes import Figures, figures_of, take_back
from bot.store.tables.broadcasts import broadcasts, is_open

__all__ = [
    "Broadcast",
    "ChangedMeanwhileError",
    "cancel",
    "change_draft",
    "finish",
    "latest_broadcasts",
    "new_draft",
    "open_broadcasts",
    "pause",
    "read_broadcast",
    "remove_draft",
    "resume",
    "schedule",
]


class ChangedMeanwhileError(Exception):
    """A broadcast is not as it was shown: somebody else has changed it, or it went on."""

    def __init__(self, broadcast: int) -> None:
        super().__init__(f"broadcast {broadcast} was changed meanwhile; look at it again")


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A message to many; `version` counts the changes of its draft.

    `appointed` is a day and an hour by each person's own clock, None at once. `expected` is how
    many people there were when it was scheduled, `planned_upto` the number of the last person
    planned. `figures` are kept once it is over.
    """

    id: int
    author: int | None
    created_at: datetime
    version: int
    state: BroadcastState
    segment: Segment
    words: Words
    appointed: Appointed | None
    expected: int | None
    starts_at: datetime | None
    planned_upto: int
    planned_at: datetime | None
    finished_at: datetime | None
    figures: Figures | None

    @property
    def sends(self) -> bool:
        """Whether people are planned and written to."""
        return self.state in (BroadcastState.SCHEDULED, BroadcastState.RUNNING)


def new_draft(
    connection: Connection, author: int, segment: Segment, words: Words, now: datetime
) -> int:
    """Keep a new draft; returns its number."""
    row = {
        "author": author,
        "created_at": now,
        "state": BroadcastState.DRAFT,
        "segment": segment.document(),
        "words": asdict(words),
    }
    made = connection.execute(broadcasts.insert().values(row).returning(broadcasts.c.id))
    number: int = made.scalar_one()
    return number


def change_draft(
    connection: Connection, broadcast: Broadcast, segment: Segment, words: Words
) -> None:
    """Change a draft as it was shown; raises ChangedMeanwhileError."""
    _change(
        connection,
        broadcast,
        {
            "segment": segment.document(),
            "words": asdict(words),
            "version": broadcast.version + 1,
        },
    )


def remove_draft(connection: Connection, broadcast: Broadcast) -> None:
    """Throw a draft away; raises ChangedMeanwhileError if it is none any more."""
    removed = connection.execute(
        broadcasts.delete().where(
            broadcasts.c.id == broadcast.id, broadcasts.c.state == BroadcastState.DRAFT
        )
    )
    if removed.rowcount != 1:
        raise ChangedMeanwhileError(broadcast.id)


def schedule(
    connection: Connection,
    broadcast: Broadcast,
    appointed: Appointed | None,
    expected: int,
    now: datetime,
) -> None:
    """Send a draft as it was shown, at once or by appointment; raises ChangedMeanwhileError."""
    _change(
        connection,
        broadcast,
        {
            "state": BroadcastState.SCHEDULED,
            "day": appointed.day if appointed else None,
            "hour": f"{appointed.hour:%H:%M}" if appointed else None,
            "expected": expected,
            "starts_at": appointed.earliest if appointed else now,
        },
    )


def pause(connection: Connection, broadcast: Broadcast) -> int:
    """Hold it up, and take back what waits in the outbox: how many; raises ChangedMeanwhileError.

    What is in flight, a second's worth, still arrives.
    """
    before = (BroadcastState.SCHEDULED, BroadcastState.RUNNING)
    _move(connection, broadcast.id, before, BroadcastState.PAUSED)
    return take_back(connection, broadcast=broadcast.id)


def resume(connection: Connection, broadcast: Broadcast) -> None:
    """Go on where it was paused; raises ChangedMeanwhileError."""
    _move(connection, broadcast.id, (BroadcastState.PAUSED,), BroadcastState.RUNNING)


def cancel(connection: Connection, broadcast: Broadcast, now: datetime) -> int:
    """End it for good, as `pause`; whoever was not written to yet is not."""
    before = (BroadcastState.SCHEDULED, BroadcastState.RUNNING, BroadcastState.PAUSED)
    # One that was still to begin has ended now.
    _move(connection, broadcast.id, before, BroadcastState.STOPPING, starts_at=now)
    return take_back(connection, broadcast=broadcast.id)


def finish(connection: Connection, broadcast: Broadcast, now: datetime) -> bool:
    """Keep the figures of one of which nothing is on its way; whether it was still open."""
    stopped = broadcast.state is BroadcastState.STOPPING
    ended = BroadcastState.CANCELLED if stopped else BroadcastState.DONE
    figures = figures_of(connection, broadcast.id)
    finished = connection.execute(
        broadcasts.update()
        .where(broadcasts.c.id == broadcast.id, broadcasts.c.state == broadcast.state)
        .values(state=ended, finished_at=now, figures=figures._asdict())
    )
    return finished.rowcount == 1


def read_broadcast(connection: Connection, number: int) -> Broadcast | None:
    """One by its number."""
    row = connection.execute(select(broadcasts).where(broadcasts.c.id == number)).one_or_none()
    return _broadcast(row) if row else None


def open_broadcasts(connection: Connection, now: datetime) -> list[Broadcast]:
    """Those that have begun, or should begin by now, and are not over; the oldest first."""
    found = select(broadcasts).where(is_open, broadcasts.c.starts_at <= now)
    return [_broadcast(row) for row in connection.execute(found.order_by(broadcasts.c.id))]


def latest_broadcasts(connection: Connection, count: int) -> list[Broadcast]:
    """The latest, newest first."""
    found = select(broadcasts).order_by(broadcasts.c.id.desc()).limit(count)
    return [_broadcast(row) for row in connection.execute(found)]


def _change(connection: Connection, broadcast: Broadcast, values: Mapping[str, Any]) -> None:
    """Only a draft is changed, and only by whoever saw it as it is."""
    changed = connection.execute(
        broadcasts.update()
        .where(
            broadcasts.c.id == broadcast.id,
            broadcasts.c.version == broadcast.version,
            broadcasts.c.state == BroadcastState.DRAFT,
        )
        .values(dict(values))
    )
    if changed.rowcount != 1:
        raise ChangedMeanwhileError(broadcast.id)


def _move(
    connection: Connection,
    number: int,
    before: tuple[BroadcastState, ...],
    after: BroadcastState,
    **more: object,
) -> None:
    moved = connection.execute(
        broadcasts.update()
        .where(broadcasts.c.id == number, broadcasts.c.state.in_(before))
        .values(state=after, **more)
    )
    if moved.rowcount != 1:
        raise ChangedMeanwhileError(number)


def _broadcast(row: Any) -> Broadcast:
    return Broadcast(
        id=row.id,
        author=row.author,
        created_at=row.created_at,
        version=row.version,
        state=BroadcastState(row.state),
        segment=Segment.read(row.segment),
        words=Words(**row.words),
        appointed=_appointed(row.day, row.hour),
        expected=row.expected,
        starts_at=row.starts_at,
        planned_upto=row.planned_upto,
        planned_at=row.planned_at,
        finished_at=row.finished_at,
        figures=Figures(**row.figures) if row.figures else None,
    )


def _appointed(day: date | None, hour: str | None) -> Appointed | None:
    return Appointed.at(day, hour) if day is not None and hour is not None else None
