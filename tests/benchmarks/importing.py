"""A big report from file to visible orders: how long, how much memory, for how long it writes.

    python -m tests.benchmarks.importing                             1,000,000 rows into SQLite
    python -m tests.benchmarks.importing --database postgresql       the same into PostgreSQL
    python -m tests.benchmarks.importing --workbook --rows 100000    a workbook instead of CSV

Imports the file, then one that differs in one row of a hundred. Prints a JSON object for each.
Memory is that of this process and of the one that reads, together; PostgreSQL's is its own.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Engine

import bot.store.importing
from bot.store.chunks import collect_seldom
from bot.store.creators import add_creator
from bot.store.reports import Imported, import_report
from bot.store.transactions import transact
from bot.sync.reading import reading
from settlement.reports import ReportError
from tests.benchmarks.databases import KINDS, prepared
from tests.benchmarks.taobao_rows import write_csv, write_workbook
from tests.postgresql import QUICK

NOW = datetime(2026, 9, 15, 4, 0, tzinfo=UTC)


@dataclass(slots=True)
class Held:
    """How long each transaction of an import took, with its commit."""

    seconds: list[float] = field(default_factory=list)

    def transact(self, engine: Engine, work: Callable[..., Any]) -> Any:
        """As the store's own, with a clock: from the first statement to the end of the commit."""
        begun: list[float] = []

        def timed(connection: Any) -> Any:
            begun.append(perf_counter())
            return work(connection)

        result = transact(engine, timed)
        self.seconds.append(perf_counter() - begun[-1])
        return result

    def milliseconds(self, share: float) -> float:
        """The duration below which this share of all transactions is."""
        ordered = sorted(self.seconds)
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


class Memory:
    """The most memory this process and its children had at once, in MB."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watching.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self.peak = max(self.peak, sum(map(_megabytes, _family())))


def _family() -> list[int]:
    mine = os.getpid()
    children = Path(f"/proc/{mine}/task/{mine}/children").read_text().split()
    return [mine, *map(int, children)]


def _megabytes(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def measured(engine: Engine, path: Path, what: str, *, progress: bool) -> Imported:
    """Import a file, and print what that took."""
    held = Held()
    vars(bot.store.importing)["transact"] = held.transact
    before, begun = _processor_seconds(), perf_counter()
    with Memory() as memory, reading(path, path.name) as report:
        if isinstance(report, ReportError):
            raise SystemExit(str(report))
        shown = _show if progress else _hide
        imported = import_report(engine, report, what, NOW, creator=1, progress=shown)
    seconds = perf_counter() - begun
    figures = {
        "what": what,
        "database": engine.dialect.name,
        "new": imported.new,
        "changed": imported.changed,
        "unchanged": imported.unchanged,
        "refused": imported.refused,
        "seconds": round(seconds, 2),
        "processor_seconds": round(_processor_seconds() - before, 2),
        "memory_mb": round(memory.peak),
        "transactions": len(held.seconds),
        "transaction_ms": {
            "median": held.milliseconds(0.5),
            "p99": held.milliseconds(0.99),
            "longest": held.milliseconds(1.0),
        },
        "load": round(os.getloadavg()[0], 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()
    return imported


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _show(rows: int) -> None:
    sys.stderr.write(f"\r{rows:,}")
    sys.stderr.flush()


def _hide(rows: int) -> None:
    del rows


@contextmanager
def with_a_creator(kind: str) -> Iterator[Engine]:
    """A new database with its tables, and one creator; PostgreSQL syncs nothing to disk."""
    with prepared(kind, *QUICK) as engine:
        with engine.begin() as connection:
            add_creator(connection, "小林", NOW)
        yield engine


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files, import them, say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--workbook", action="store_true")
    parser.add_argument("--progress", action="store_true")
    chosen = parser.parse_args(arguments)
    collect_seldom()  # as the command does
    write = write_workbook if chosen.workbook else write_csv
    with tempfile.TemporaryDirectory(prefix="mingzhang-") as name:
        folder = Path(name)
        suffix = "xlsx" if chosen.workbook else "csv"
        first, later = folder / f"first.{suffix}", folder / f"later.{suffix}"
        write(first, chosen.rows, changed=False)
        write(later, chosen.rows, changed=True)
        with with_a_creator(chosen.database) as engine:
            measured(engine, first, "first", progress=chosen.progress)
            measured(engine, later, "later", progress=chosen.progress)


if __name__ == "__main__":
    main()
