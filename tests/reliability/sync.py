"""Orders by a platform's interface that fails, throttles and forgets the token: all, and once?

Run as `python -m tests.reliability sync --platform jd --orders 100000`. The platform sold that
many in 60 days; 5 % of its answers are errors, some are cut off, it throttles, its token expires
and is renewed, orders change while it is asked, and afterwards 3 % of them change late: the
platform notes those up to four hours back, where it was asked already. In the end the store must
hold what the platform has. Prints the figures as one JSON line per platform; exit status 1 if a
line is missing, wrong, or there twice.
"""

import argparse
import asyncio
import json
import logging
import resource
import sys
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from bot.store.database import open_engine, upgrade
from bot.sync.progress import Stopped
from tests.platform_server.comparison import differences
from tests.platform_server.faults import Faults
from tests.platform_server.server import PLATFORMS, PlatformServer
from tests.reliability.databases import PROCESSES, Databases
from tests.sync.fetching import (
    Told,
    known,
    lines_of,
    owners_of,
    promoters_known,
    syncing,
    unpublished_batches,
)

LATE = 0.03
HOURS = 6
AT_MOST = 5
"""Turns until all is there; more of them would not help."""
EXPIRES_AFTER = 50
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one platform's orders."""

    orders: int
    missing_or_wrong: int
    twice: int
    foreign: int
    """Lines that somebody else was given."""
    half_there: int
    late_changes: int
    calls: int
    answered: int
    expired: int
    turns: int
    examples: tuple[str, ...]

    def faultless(self) -> bool:
        """Whether all are there, once, and right."""
        wrong = (self.missing_or_wrong, self.twice, self.foreign, self.half_there)
        return not any(wrong) and self.expired > 0


def main() -> None:
    """Fetch the orders of the platforms asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", choices=tuple(PLATFORMS), action="append")
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--database", choices=tuple(PROCESSES), default="sqlite")
    parser.add_argument("--seed", type=int, default=7)
    wished = parser.parse_args()
    logging.getLogger("stamina").setLevel(logging.ERROR)
    faultless = True
    with Databases() as databases, TemporaryDirectory() as folder:
        for platform in wished.platform or PLATFORMS:
            begun = time.monotonic()
            place = Path(folder) / platform
            place.mkdir()
            engine = open_engine(databases.new(wished.database, place))
            upgrade(engine)
            outcome = asyncio.run(
                fetch_all(engine, platform, wished.orders, wished.days, wished.seed)
            )
            engine.dispose()
            faultless &= outcome.faultless()
            _print(platform, wished.database, outcome, begun)
    raise SystemExit(0 if faultless else 1)


async def fetch_all(engine: Engine, platform: str, orders: int, days: int, seed: int) -> Outcome:
    """Sync until the platform is quiet and has been asked once more, then compare."""
    faults = Faults(
        broken=0.05,
        throttled=0.01,
        cut=0.005,
        expires_after=EXPIRES_AFTER,
        changes_per_call=1.0,
        changes_at_most=orders // 100,
    )
    server = PlatformServer({platform: orders}, seed=seed, faults=faults, days=days)
    told = Told()
    promoters_known(engine, platform, server.now)
    async with server:
        turns = await _until_quiet(engine, server, platform, told)
    truth = server.truth(platform)
    wrong = list(differences(known(engine, platform), truth))
    with engine.connect() as connection:
        lines = lines_of(connection, platform)
        owners = owners_of(connection, platform)
        half = unpublished_batches(connection)
    given = {key: f"达人{number}" for key, number in server.creators(platform).items()}
    desk = server.desks[platform]
    return Outcome(
        orders=len(truth),
        missing_or_wrong=len(wrong),
        twice=lines - len(truth),
        foreign=sum(owners.get(key) != name for key, name in given.items()),
        half_there=half,
        late_changes=desk.changed,
        calls=desk.calls,
        answered=desk.answered,
        expired=sum(each.kind == "token_expired" for each in told.of(Stopped)),
        turns=turns,
        examples=tuple(wrong[:SHOWN]),
    )


async def _until_quiet(engine: Engine, server: PlatformServer, platform: str, told: Told) -> int:
    """Fetch what was sold, let some change late, hour by hour; returns how many turns it took."""
    desk, turns = server.desks[platform], 0
    at_once = int(len(desk.book.sales) * LATE) // HOURS
    async with syncing(engine, server, told=told) as sync:
        for hour in range(HOURS + 2):
            for _ in range(AT_MOST):
                turns += 1
                if await sync.turn():
                    break
                server.renew_token(platform)
            if hour < HOURS:
                server.change(platform, at_once, late=1.0)
            # The last time a whole day: some are looked at again that seldom.
            server.move(timedelta(minutes=61) if hour < HOURS else timedelta(days=1))
        return turns


def _print(platform: str, database: str, outcome: Outcome, begun: float) -> None:
    kind = {"platform": platform, "database": database}
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = {
        "seconds": round(time.monotonic() - begun, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_megabytes": used.ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(kind | spent | asdict(outcome), ensure_ascii=False) + "\n")
    sys.stdout.flush()
