"""A disk that is full for a while: what is written then fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError


@contextmanager
def full_disk(engine: Engine, *beginnings: str, times: float = inf) -> Iterator[list[str]]:
    """While the block lasts, statements that begin so fail, at most so often; gives those."""
    failed: list[str] = []

    def fail(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(beginnings) and len(failed) < times:
            failed.append(statement)
            raise OperationalError(statement, None, Exception("database or disk is full"))

    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield failed
    finally:
        event.remove(engine, "before_cursor_execute", fail)
