"""A process killed before each of its statements: all of what it did holds, or nothing.

Run as `python -m tests.reliability boundaries`. Each action is done once in peace, which counts
its statements, commits and returned connections; then it is done again for each of them, on a
copy of the same database, by a process that is killed right there. What can be seen afterwards
must be as before the action or as after it, and doing the action again must lead to the latter.
Prints the figures, one JSON line per action; exit status 1 if a promise was broken.
"""

import argparse
import gc
import json
import os
import shutil
import signal
import struct
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bot.store.database import open_engine, upgrade
from bot.store.transactions import reads
from settlement.rulebook import shipped_rulebook
from tests.postgresql import QUICK, PostgresServer
from tests.reliability.actions import ACTIONS, PERSON_BY_PERSON, prepare, recover, visible

Action = Callable[[Engine], None]
Seen = dict[str, str]
Copies = Callable[[], AbstractContextManager[str]]
"""Makes copies of the prepared database, each to be used once."""

PLANTS = ("nothing", "autocommit")


@dataclass(slots=True)
class Figures:
    """What came of killing one action everywhere."""

    database: str
    action: str
    boundaries: int = 0
    kills: int = 0
    nothing: int = 0
    """Kills after which nothing was to be seen of the action."""
    everything: int = 0
    torn: int = 0
    """Kills after which a part of it was to be seen: a broken promise."""
    not_made_good: int = 0
    """Kills after which doing it again did not lead to what it leads to in peace."""

    def faultless(self) -> bool:
        """Whether every promise held."""
        return self.kills > 0 and self.torn == self.not_made_good == 0


class Boundaries:
    """One action on one database, to be killed at each of its boundaries."""

    def __init__(self, copies: Copies, action: Action, wished: argparse.Namespace) -> None:
        self._copies = copies
        self._action = action
        self._plant: str = wished.plant
        self._most: int = wished.most

    def count_into(self, figures: Figures) -> Figures:
        """Kill it everywhere."""
        with self._copies() as database:
            before = _see(database)
            figures.boundaries = self._run(database, kill_at=0)
            after = _see(database)
        for boundary in self._chosen(figures.boundaries):
            figures.kills += 1
            with self._copies() as database:
                self._run(database, boundary)
                seen = _see(database)
                figures.nothing += seen == before
                figures.everything += seen == after
                figures.torn += not _whole(figures.action, seen, before, after)
                figures.not_made_good += self._again(database) != after
        return figures

    def _chosen(self, boundaries: int) -> Sequence[int]:
        """All of them, or as many as wished, spread evenly; the last one is always there."""
        every = -(-boundaries // self._most)
        return range(boundaries, 0, -every)[::-1]

    def _again(self, database: str) -> Seen:
        engine = open_engine(database)
        recover(engine)
        self._action(engine)
        engine.dispose()
        return _see(database)

    def _run(self, database: str, kill_at: int) -> int:
        """Do the action in a process of its own; returns how many boundaries it passed."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self._live(database, kill_at, writing)
                os._exit(0)
            except Exception:
                traceback.print_exc()
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading, "rb") as report:
            reported = report.read()
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != (-signal.SIGKILL if kill_at else 0):
            raise SystemExit(f"boundary {kill_at}: the process ended with status {status}")
        return int(struct.unpack("I", reported)[0]) if reported else kill_at

    def _live(self, database: str, kill_at: int, report: int) -> None:
        engine = open_engine(database)
        passed = 0

        def pass_boundary(*_: object) -> None:
            nonlocal passed
            passed += 1
            if passed == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        for target, name in (
            (engine, "before_cursor_execute"),
            (engine, "commit"),
            (engine.pool, "checkin"),
        ):
            event.listen(target, name, pass_boundary)
        if self._plant == "autocommit":
            event.listen(engine, "after_cursor_execute", _commit_at_once)
        self._action(engine)
        os.write(report, struct.pack("I", passed))


def _whole(action: str, seen: Seen, before: Seen, after: Seen) -> bool:
    if action not in PERSON_BY_PERSON:
        return seen in (before, after)
    return all(seen[part] in (before[part], after[part]) for part in after)


def _commit_at_once(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
    """The planted mistake: each statement is a transaction."""
    if not statement.startswith(("BEGIN", "SELECT")) and "RETURNING" not in statement:
        cursor.execute("COMMIT")
        cursor.execute("BEGIN IMMEDIATE")


def _see(database: str) -> Seen:
    engine = open_engine(database)
    with reads(engine) as connection:
        seen = visible(connection)
    engine.dispose()
    return seen


def _prepare(database: str) -> None:
    engine = open_engine(database)
    upgrade(engine)
    prepare(engine)
    engine.dispose()


@contextmanager
def _sqlite() -> Iterator[Copies]:
    with tempfile.TemporaryDirectory() as folder:
        base, copy = Path(folder) / "base.db", Path(folder) / "copy"
        _prepare(f"sqlite:///{base}")

        @contextmanager
        def copies() -> Iterator[str]:
            copy.mkdir()
            shutil.copyfile(base, copy / "mingzhang.db")
            yield f"sqlite:///{copy / 'mingzhang.db'}"
            shutil.rmtree(copy)

        yield copies


@contextmanager
def _postgresql() -> Iterator[Copies]:
    with PostgresServer(*QUICK) as server:
        server.execute("CREATE DATABASE base")
        _prepare(server.address("base"))
        yield lambda: server.database("base")


DATABASES = {"sqlite": _sqlite, "postgresql": _postgresql}


def main() -> None:
    """Kill all actions, or some, on both databases, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=tuple(DATABASES), action="append")
    parser.add_argument("--action", choices=tuple(ACTIONS), action="append")
    parser.add_argument("--lines", type=int, default=500, help="lines of the imported report")
    parser.add_argument("--most", type=int, default=10**6, help="kills of one action")
    parser.add_argument("--plant", choices=PLANTS, default="nothing")
    wished = parser.parse_args()
    shipped_rulebook()
    gc.freeze()  # processes forked from here share what is loaded
    faultless = True
    for database in wished.database or DATABASES:
        with ExitStack() as running:
            copies = running.enter_context(DATABASES[database]())
            for name in wished.action or ACTIONS:
                boundaries = Boundaries(copies, ACTIONS[name](wished.lines), wished)
                figures = boundaries.count_into(Figures(database, name))
                sys.stdout.write(json.dumps(asdict(figures)) + "\n")
                sys.stdout.flush()
                faultless = faultless and figures.faultless()
    raise SystemExit(0 if faultless else 1)


if __name__ == "__main__":
    main()
