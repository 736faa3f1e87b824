"""An order looked up by any of its numbers among many: how long a question waits for the store.

    python -m tests.benchmarks.looking_up                          among 10,000,000 lines, SQLite
    python -m tests.benchmarks.looking_up --database postgresql    the same on PostgreSQL
    python -m tests.benchmarks.looking_up --at sqlite:////big/lines.db    kept, and used again

The lines are written straight into the tables: importing them would take five minutes. Half of
the look-ups are of numbers that belong to somebody else, or to nobody. About 9 GB of disk.
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from bot.desk.facts import Dialogue
from bot.store.bulk import insert_rows
from bot.store.creators import add_creator, make_binding_code
from bot.store.database import open_engine, upgrade
from bot.store.lines import find_lines
from bot.store.people import Acquaintance, bind, remember
from bot.store.said import said_of, stamped
from bot.store.tables import creators, import_batches, order_facts, order_lines
from bot.store.transactions import reads
from tests.benchmarks.databases import KINDS
from tests.benchmarks.importing import NOW, with_a_creator

CREATORS = 1_000
AT_ONCE = 20_000
_HASTE = ("cache_size = -6000000", "wal_autocheckpoint = 100000")
"""Indices of ten million lines are filled in any order: in memory that is minutes, not an hour."""
_LINE = (
    *("id", "creator", "platform", "line_key", "order_number", "sub_order_number"),
    *("line_id", "parent_number", "ordered_at"),
)
_FACTS = ("line", "batch", "facts", "fingerprint", "recorded_at")


def numbers_of(line: int) -> dict[str, str]:
    """The numbers of a line, spread like those of several platforms."""
    spread = (line * 2_654_435_761) % 2**32
    return {
        "order_number": f"27{spread:010}{line:08}",
        "sub_order_number": f"28{spread:010}{line:08}",
        "line_id": f"29{spread:010}{line:08}-1",
        "parent_number": f"30{spread // 3:010}{line // 3:08}",
    }


@contextmanager
def _kept(address: str) -> Iterator[Engine]:
    engine = open_engine(address)
    upgrade(engine)
    yield engine
    engine.dispose()


def _is_filled(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(select(func.count()).select_from(import_batches)).scalar())


def fill(engine: Engine, count: int) -> None:
    """Write the lines of an import, a creator's after the other's."""
    with engine.begin() as connection:
        known = connection.execute(select(func.count()).select_from(creators)).scalar_one()
        for number in range(known + 1, CREATORS + 1):
            add_creator(connection, f"达人{number}", NOW)
        batch = connection.execute(
            import_batches.insert()
            .values(file_name="f", file_hash="h", started_at=NOW, touched_at=NOW, published_at=NOW)
            .returning(import_batches.c.id)
        ).scalar_one()
        remember(connection, [Acquaintance(1, 1, "一", "zh", Dialogue(), 1)], NOW)
        bind(connection, 1, make_binding_code(connection, 1, NOW), NOW)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            for pragma in _HASTE:
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            connection.rollback()
        for start in range(1, count + 1, AT_ONCE):
            with connection.begin():
                _write(connection, batch, range(start, min(start + AT_ONCE, count + 1)))
            sys.stderr.write(f"\r{start:,}")
    # What is looked up afterwards is looked up by connections as the program makes them.
    engine.dispose()


def _write(connection: Connection, batch: int, lines: range) -> None:
    rows, facts = [], []
    for line, said in _said(lines):
        rows.append((line, line % CREATORS + 1, *said[:7]))
        facts.append((line, batch, said.facts, said.fingerprint, stamped(NOW)))
    insert_rows(connection, order_lines, _LINE, rows)
    insert_rows(connection, order_facts, _FACTS, facts)


def _said(lines: range) -> Iterator[tuple[int, Any]]:
    for line in lines:
        document = {
            "platform": "taobao",
            **numbers_of(line),
            "created_at": f"2026-07-{line % 28 + 1:02}T10:00:00+08:00",
            "paid_amount": "20.00",
            "raw_status": {"code": "12"},
        }
        yield line, said_of(document)


def look_up(engine: Engine, count: int, times: int) -> dict[str, dict[str, float]]:
    """Look up numbers of every kind, and say how long that took, in milliseconds."""
    chance = random.Random(3)  # noqa: S311
    figures = {}
    with reads(engine) as connection:
        for kind in numbers_of(1):
            taken = []
            for place in range(times):
                own = place % 2 == 0
                line = chance.randrange(1, count // CREATORS) * CREATORS if own else 0
                number = numbers_of(line or chance.randrange(1, 2 * count))[kind]
                begun = perf_counter()
                found = find_lines(connection, [1], [number], [])
                taken.append(1000 * (perf_counter() - begun))
                if own and not any(number in each.numbers for each in found):
                    raise SystemExit(f"{kind} {number} was not found")
            taken.sort()
            figures[kind] = {
                "p50": round(taken[times // 2], 3),
                "p99": round(taken[times * 99 // 100], 3),
            }
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the lines, look some up, say how long that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=5_000)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--at", help="the address of a database to fill, keep and use again")
    chosen = parser.parse_args(arguments)
    with _kept(chosen.at) if chosen.at else with_a_creator(chosen.database) as engine:
        if not _is_filled(engine):
            fill(engine, chosen.lines)
        milliseconds = look_up(engine, chosen.lines, chosen.times)
    figures = {
        "database": engine.dialect.name,
        "lines": chosen.lines,
        "milliseconds": milliseconds,
        "load": round(os.getloadavg()[0], 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
