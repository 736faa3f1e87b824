"""How long it takes to plan the payout day of half a million order lines.

Run as `python -m tests.benchmarks.planning` (`--lines 500000 --database postgresql`): people with
ten subscribed lines each, all paid by one platform on one day, in six time zones. The lines have
been judged and the subscriptions taken up; then the day begins. Prints the seconds until each
line's reminder is planned, those of them this process computed, the median and the longest
transaction, and the seconds until nothing is found to plan. It is SQLite with synchronous=FULL, or
a PostgreSQL server of its own that syncs each commit, as it comes.
"""

import argparse
import json
import statistics
import sys
import time as clock
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select

from bot.planner.planning import plan_days
from bot.planner.work import Progress, Work
from bot.reminders import QuietHours, Standing
from bot.store.tables import (
    bindings,
    creators,
    import_batches,
    order_lines,
    outlooks,
    payout_days,
    people,
    pushes,
    subscriptions,
)
from settlement.rulebook import shipped_rulebook
from settlement.states import State
from tests.benchmarks.databases import KINDS, prepared

LINES_EACH = 10
AT_ONCE = 10_000
PAYOUT_DAY = date(2026, 9, 15)
SUBSCRIBED = datetime(2026, 8, 1, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime.combine(PAYOUT_DAY, time(0, 0, 1), SHANGHAI)
ZONES = (None, "Asia/Shanghai", "Asia/Tokyo", "Europe/London", "America/New_York", "Asia/Kolkata")
STANDING = Standing(State.WAIT_CYCLE, None, settled=False).document()
CYCLE = "1688/2026-07"


def fill(engine: Engine, lines: int) -> None:
    """Store what is there on the eve of a payout day."""
    with engine.begin() as connection:
        connection.execute(
            import_batches.insert().values(
                id=1, file_name="", file_hash="", started_at=SUBSCRIBED, touched_at=SUBSCRIBED,
                published_at=SUBSCRIBED, taken_up_at=SUBSCRIBED,
            )
        )  # fmt: skip
        connection.execute(
            payout_days.insert().values(
                cycle=CYCLE, platform="1688", month="2026-07", day=PAYOUT_DAY,
                by_rule=True, version=1, revision=shipped_rulebook().revision,
            )
        )  # fmt: skip
    for table, make, per_line in (
        (creators, creator, LINES_EACH),
        (people, person, LINES_EACH),
        (bindings, binding, LINES_EACH),
        (order_lines, line, 1),
        (outlooks, outlook, 1),
        (subscriptions, subscription, 1),
    ):
        numbers = range(1, lines // per_line + 1)
        for first in range(0, len(numbers), AT_ONCE):
            rows = [make(number) for number in numbers[first : first + AT_ONCE]]
            with engine.begin() as connection:
                connection.execute(table.insert(), rows)
    if engine.dialect.name == "postgresql":
        # The server does so by itself within a minute of such an import.
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")


def creator(number: int) -> dict[str, Any]:
    """One for each person."""
    return {"id": number, "name": f"creator {number}", "created_at": SUBSCRIBED}


def person(number: int) -> dict[str, Any]:
    """Somebody in one of six zones."""
    return {
        "user": number, "chat": number, "name": "", "language": "zh", "dialogue": {},
        "zone": ZONES[number % len(ZONES)], "first_seen_at": SUBSCRIBED, "seen_at": SUBSCRIBED,
    }  # fmt: skip


def binding(number: int) -> dict[str, Any]:
    """To one's own creator."""
    return {
        "user": number, "creator": number, "bound_at": SUBSCRIBED, "taken_up_at": SUBSCRIBED,
    }  # fmt: skip


def owner(number: int) -> int:
    """Whose line it is."""
    return (number - 1) // LINES_EACH + 1


def line(number: int) -> dict[str, Any]:
    """An order line."""
    return {
        "id": number, "creator": owner(number), "platform": "1688", "line_key": str(number),
        "order_number": str(number), "ordered_at": SUBSCRIBED,
    }  # fmt: skip


def outlook(number: int) -> dict[str, Any]:
    """How it was judged: paid on the payout day."""
    return {
        "line": number, "version": 0, "batch": 1, "revision": shipped_rulebook().revision,
        "platform": "1688", "cycle": CYCLE, "standing": STANDING, "seen_at": SUBSCRIBED,
        "changed_at": SUBSCRIBED,
    }  # fmt: skip


def subscription(number: int) -> dict[str, Any]:
    """Its owner's wish to be told."""
    return {
        "user": owner(number), "scope": "order", "line": number, "created_at": SUBSCRIBED,
        "taken_up_at": SUBSCRIBED,
    }  # fmt: skip


class Runner:
    """Runs each job in a transaction of its own, as the writer does, and times them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.milliseconds: list[float] = []

    def __call__(self, job: Callable[[Connection], int]) -> int:
        began = clock.perf_counter()
        with self.engine.begin() as connection:
            result = job(connection)
        self.milliseconds.append(1000 * (clock.perf_counter() - began))
        return result


def measure(engine: Engine, lines: int) -> dict[str, float | int | str]:
    """Plan the day, then look once more."""
    fill(engine, lines)
    runner = Runner(engine)
    quiet = QuietHours(time(21), time(9))

    def work(now: datetime) -> Work:
        return Work(engine, runner, shipped_rulebook(), now, quiet, SHANGHAI, Progress())

    began, computed = clock.perf_counter(), clock.process_time()
    planned = plan_days(work(NOW))
    planning = clock.perf_counter() - began
    computed = clock.process_time() - computed
    began = clock.perf_counter()
    again = plan_days(work(NOW + timedelta(minutes=1)))
    with engine.connect() as connection:
        stored = connection.execute(select(func.count()).select_from(pushes)).scalar_one()
    if not planned == stored == lines or again:
        raise AssertionError(f"planned {planned} and {again}, stored {stored}, of {lines}")
    return {
        "database": engine.dialect.name,
        "lines": lines,
        "planned": planned,
        "seconds": round(planning, 2),
        "seconds computing": round(computed, 2),
        "median transaction ms": round(statistics.median(runner.milliseconds), 1),
        "longest transaction ms": round(max(runner.milliseconds), 1),
        "seconds to find nothing": round(clock.perf_counter() - began, 3),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lines", type=int, default=500_000)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    chosen = parser.parse_args()
    with prepared(chosen.database) as engine:
        sys.stdout.write(json.dumps(measure(engine, chosen.lines), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
