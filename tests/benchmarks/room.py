"""How much room things take in the database, and how long a backup of them takes.

    python -m tests.benchmarks.room                          100,000 orders, SQLite
    python -m tests.benchmarks.room --database postgresql    the same on PostgreSQL
    python -m tests.benchmarks.room --lines 1000000

Orders come in by a real import, and again with one in a hundred changed; one in ten is waited
for with a reminder planned; and there is one message with its answer for each order. Prints the
bytes of a row of each table with its indexes, and the seconds of a backup and of its restore.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, func, select, text

from bot.desk.replies import Say
from bot.store.backing_up import back_up
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.reports import import_report
from bot.store.restoring import restore
from bot.store.tables import metadata, outbox
from bot.store.transactions import reads
from bot.store.updates import mark_handled
from bot.sync.reading import reading
from settlement.reports import ReportError
from tests.benchmarks import planning
from tests.benchmarks.databases import KINDS, prepared
from tests.benchmarks.importing import with_a_creator
from tests.benchmarks.taobao_rows import write_csv

NOW = datetime(2026, 9, 15, 4, 0, tzinfo=UTC)
ANSWER = "这笔订单还在等结算：买家 9 月 1 日确认收货，之后要满一个结算周期。" * 8
SQLITE_SIZE = """
    SELECT m.tbl_name AS name, sum(s.pgsize) AS bytes
    FROM dbstat AS s JOIN sqlite_master AS m ON m.name = s.name GROUP BY 1
"""
POSTGRESQL_SIZE = """
    SELECT relname AS name, pg_total_relation_size(oid) AS bytes
    FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
"""


def orders(engine: Engine, folder: Path, lines: int) -> None:
    """Import a report, and later one in which a line of a hundred has changed."""
    for changed in (False, True):
        path = folder / f"{changed}.csv"
        write_csv(path, lines, changed=changed)
        with reading(path, path.name) as report:
            if isinstance(report, ReportError):
                raise SystemExit(str(report))
            import_report(engine, report, str(changed), NOW, creator=1)


def messages(engine: Engine, count: int) -> None:
    """Updates that were handled, with an answer to each that was sent."""
    for start in range(0, count, 1000):
        numbers = range(start, min(start + 1000, count))
        letters = [Letter(f"{each}:0", Kind.ANSWER, each, Say(ANSWER)) for each in numbers]
        with engine.begin() as connection:
            mark_handled(connection, 42, numbers, NOW)
            enqueue(connection, letters, NOW)
            sent = {"state": "sent", "settled_at": NOW}
            connection.execute(outbox.update().where(outbox.c.state == "pending").values(sent))


def sizes(engine: Engine) -> dict[str, dict[str, int]]:
    """Rows and bytes of a row, indexes included, by table."""
    statement = SQLITE_SIZE if engine.dialect.name == "sqlite" else POSTGRESQL_SIZE
    with reads(engine) as connection:
        size = {name: int(each) for name, each in connection.execute(text(statement))}
        rows = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
    return {
        name: {"rows": count, "bytes_a_row": round(size[name] / count)}
        for name, count in rows.items()
        if count >= 1000
    }


def backed_up(engine: Engine, folder: Path) -> dict[str, float]:
    """Seconds of a backup and of its restore, and megabytes."""
    file, times = folder / "backup", [perf_counter()]
    size = back_up(engine, file).size
    times.append(perf_counter())
    restore(engine, file, NOW, replace=True)
    times.append(perf_counter())
    return {
        "megabytes": round(size / 1e6, 1),
        "backup_seconds": round(times[1] - times[0], 2),
        "restore_seconds": round(times[2] - times[1], 2),
    }


def measure(kind: str, lines: int) -> dict[str, Any]:
    """Fill two databases, for an import numbers lines as the reminders' own are."""
    figures: dict[str, Any] = {"database": kind, "lines": lines}
    with (
        tempfile.TemporaryDirectory(prefix="mingzhang-") as name,
        with_a_creator(kind) as engine,
    ):
        orders(engine, Path(name), lines)
        messages(engine, lines)
        figures["orders and messages"] = sizes(engine)
        figures["backup"] = backed_up(engine, Path(name))
    with prepared(kind) as engine:
        planning.measure(engine, lines // 10)
        reminded = sizes(engine)
    kept = ("people", "bindings", "subscriptions", "outlooks", "pushes")
    figures["reminders"] = {each: reminded[each] for each in kept if each in reminded}
    figures["load"] = round(os.getloadavg()[0], 1)
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    chosen = parser.parse_args(arguments)
    sys.stdout.write(json.dumps(measure(chosen.database, chosen.lines), indent=2) + "\n")


if __name__ == "__main__":
    main()
