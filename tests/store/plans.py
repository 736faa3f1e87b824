"""How a database goes about what it is asked: which indexes it walks, which tables it reads."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, event

__all__ = ["read_whole", "steps_of"]

_WHOLE = re.compile(r"SCAN (\w+)$|\bSeq Scan on (\w+)")


def steps_of(connection: Connection, asking: Callable[[Connection], object]) -> list[str]:
    """The steps of every statement with which something is asked or changed.

    An empty table is read as a whole on PostgreSQL; so that is made dear there.
    """
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        asked.append((statement, values[0] if isinstance(values, list) else values))

    on_sqlite = connection.dialect.name == "sqlite"
    if not on_sqlite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    event.listen(connection, "before_cursor_execute", note)
    try:
        asking(connection)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if on_sqlite else "EXPLAIN"
    return [
        str(step[-1])
        for statement, values in asked
        for step in connection.exec_driver_sql(f"{explain} {statement}", values)
    ]


def read_whole(steps: Iterable[str]) -> set[str]:
    """The tables, by their names in the statements, that are read from end to end."""
    return {found[1] or found[2] for step in steps if (found := _WHOLE.search(step))}
