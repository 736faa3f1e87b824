"""What a broadcast to very many people costs: the writer, a turn, a look, a count.

Run as `python -m tests.benchmarks.broadcasting` (`--people 1000000 --sent 5000 --database
postgresql`): people in six zones, all of them in the segment. Everybody is planned, then so many
are handed to the outbox and settled as sent. Prints the seconds of counting the segment, of the
figures of the page, and of planning; and for each sort of transaction median, p99 and longest. It
is SQLite with synchronous=FULL, or a PostgreSQL server that syncs each commit, as it comes.
"""

import argparse
import json
import sys
import time as clock
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from functools import partial

from sqlalchemy import Engine

from bot.desk.broadcasts import Words, broadcast_message
from bot.desk.segments import EVERYBODY
from bot.planner.broadcasting import send_broadcasts
from bot.planner.work import Progress, Work
from bot.reminders import QuietHours
from bot.store.broadcasts import new_draft, open_broadcasts, read_broadcast, schedule
from bot.store.recipient_outcomes import figures_of
from bot.store.segments import count_people
from bot.store.tables import outbox, people
from settlement.rulebook import shipped_rulebook
from tests.benchmarks.databases import KINDS, prepared
from tests.benchmarks.planning import SHANGHAI, Runner, person

AT_ONCE = 10_000
NOW = datetime(2026, 9, 15, 4, 0, tzinfo=UTC)
NEVER_QUIET = QuietHours(time(0), time(0))
RENDER = partial(broadcast_message, secret=b"secret")


def fill(engine: Engine, count: int) -> None:
    """Store people, and a broadcast to all of them that may begin."""
    for first in range(1, count + 1, AT_ONCE):
        rows = [person(each) for each in range(first, min(first + AT_ONCE, count + 1))]
        with engine.begin() as connection:
            connection.execute(people.insert(), rows)
    with engine.begin() as connection:
        number = new_draft(connection, 1, EVERYBODY, Words("<b>账单</b>", "Statement"), NOW)
        draft = read_broadcast(connection, number)
        if draft is not None:
            schedule(connection, draft, None, count, NOW)


def measure(engine: Engine, sent: int) -> dict[str, object]:
    """Plan everybody, then hand over and settle `sent` of them."""
    figures: dict[str, object] = {}
    with engine.connect() as connection, timing(figures, "count_seconds"):
        count_people(connection, EVERYBODY, shipped_rulebook(), NOW)
    planning, sending = Runner(engine), Runner(engine)
    with timing(figures, "planning_seconds"):
        while unplanned(engine):
            send_broadcasts(work(engine, planning), RENDER, room=0)
    handed = 0
    with timing(figures, "sending_seconds"):
        while handed < sent:
            handed += send_broadcasts(work(engine, sending), RENDER)
            with engine.begin() as connection:
                arrived = outbox.update().where(outbox.c.state == "pending")
                connection.execute(arrived.values(state="sent", settled_at=NOW))
    with engine.connect() as connection, timing(figures, "figures_seconds"):
        figures_of(connection, 1)
    return figures | {"planning": spread(planning), "sending": spread(sending), "handed": handed}


def work(engine: Engine, runner: Runner) -> Work:
    """One turn's surroundings."""
    return Work(engine, runner, shipped_rulebook(), NOW, NEVER_QUIET, SHANGHAI, Progress())


def unplanned(engine: Engine) -> bool:
    """Whether people are still to be planned."""
    with engine.connect() as connection:
        return any(each.planned_at is None for each in open_broadcasts(connection, NOW))


def spread(runner: Runner) -> dict[str, float]:
    """How long transactions took, in milliseconds."""
    taken = sorted(runner.milliseconds)
    places = {"median": len(taken) // 2, "p99": len(taken) * 99 // 100, "longest": -1}
    return {name: round(taken[place], 1) for name, place in places.items()}


@contextmanager
def timing(figures: dict[str, object], name: str) -> Iterator[None]:
    """Note how many seconds something took, and how many of them this process computed."""
    begun, computed = clock.perf_counter(), clock.process_time()
    yield
    figures[name] = round(clock.perf_counter() - begun, 3)
    figures[f"{name} computing"] = round(clock.process_time() - computed, 3)


def main() -> None:
    """Measure, and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--sent", type=int, default=5_000)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    wished = parser.parse_args()
    with prepared(wished.database) as engine:
        fill(engine, wished.people)
        figures = vars(wished) | measure(engine, wished.sent)
        sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
