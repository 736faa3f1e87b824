"""What is known of many lines at once, for an import to compare with (已知订单行)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import orjson
from sqlalchemy import BigInteger, Connection, Select, bindparam, cast, or_, select

from bot.store.bulk import each_of
from bot.store.lines import published_batch
from bot.store.said import Said
from bot.store.tables import order_facts, order_lines

__all__ = ["Facts", "Key", "KnownLine", "facts_of", "known_lines", "owners_of"]

Key = tuple[int, str, str]
"""Creator, platform, and the line's own number."""


class KnownLine(NamedTuple):
    """A line's row, and what is published of it: nothing before its first import."""

    line: int
    batch: int | None
    fingerprint: str | None
    data_as_of: datetime | None


class Facts(NamedTuple):
    """What one import left of a line."""

    facts: Mapping[str, Any]
    others: Mapping[str, str] | None
    base: int | None


def known_lines(connection: Connection, keys: Collection[Key]) -> dict[Key, KnownLine]:
    """Those of these lines that have a row."""
    known: dict[Key, KnownLine] = {}
    statement = _known(connection.dialect.name)
    for (creator, platform), group in groupby(sorted(keys), key=lambda key: key[:2]):
        numbers = orjson.dumps([number for _, _, number in group]).decode()
        sought = {"creator": creator, "platform": platform, "numbers": numbers}
        for number, *rest in connection.execute(statement, sought):
            known[creator, platform, number] = KnownLine._make(rest)
    return known


def facts_of(
    connection: Connection, wanted: Collection[tuple[int, int]]
) -> dict[tuple[int, int], Facts]:
    """What imports left of lines, by line and batch."""
    if not wanted:
        return {}
    lines = orjson.dumps(sorted({line for line, _ in wanted})).decode()
    found = connection.execute(_facts(connection.dialect.name), {"lines": lines})
    among = set(wanted)
    return {
        (line, batch): Facts._make(rest) for line, batch, *rest in found if (line, batch) in among
    }


def owners_of(
    connection: Connection, said: Iterable[Said], batch: int | None
) -> dict[tuple[str, str], set[int]]:
    """Whose these lines are, by platform and key: published, or staged by this import."""
    owners: dict[tuple[str, str], set[int]] = {}
    ordered = sorted((each.platform, _numbered_by(each), each.key) for each in said)
    for (platform, column), group in groupby(ordered, key=lambda each: each[:2]):
        numbers = orjson.dumps([key for _, _, key in group]).decode()
        sought = {"platform": platform, "numbers": numbers, "batch": batch or 0}
        for key, creator in connection.execute(_owners(connection.dialect.name, column), sought):
            owners.setdefault((platform, key), set()).add(creator)
    return owners


def _numbered_by(said: Said) -> str:
    """The column whose number is the line's key: by it there is an index."""
    if said.line_id:
        return "line_id"
    return "sub_order_number" if said.sub_order_number else "order_number"


@cache
def _known(dialect: str) -> Select[Any]:
    numbers = each_of(dialect, "numbers")
    return select(
        order_lines.c.line_key,
        order_lines.c.id,
        order_facts.c.batch,
        order_facts.c.fingerprint,
        order_facts.c.data_as_of,
    ).select_from(
        numbers.join(
            order_lines,
            (order_lines.c.creator == bindparam("creator"))
            & (order_lines.c.platform == bindparam("platform"))
            & (order_lines.c.line_key == numbers.c.value),
        ).outerjoin(
            order_facts,
            (order_facts.c.line == order_lines.c.id) & (order_facts.c.batch == published_batch),
        )
    )


@cache
def _facts(dialect: str) -> Select[Any]:
    lines = each_of(dialect, "lines")
    return select(
        order_facts.c.line,
        order_facts.c.batch,
        order_facts.c.facts,
        order_facts.c.others,
        order_facts.c.base,
    ).select_from(lines.join(order_facts, order_facts.c.line == cast(lines.c.value, BigInteger)))


@cache
def _owners(dialect: str, column: str) -> Select[Any]:
    numbers = each_of(dialect, "numbers")
    staged = (
        select(order_facts.c.line)
        .where(
            order_facts.c.line == order_lines.c.id,
            order_facts.c.batch == bindparam("batch"),
        )
        .exists()
    )
    return (
        select(order_lines.c.line_key, order_lines.c.creator)
        .select_from(numbers.join(order_lines, order_lines.c[column] == numbers.c.value))
        .where(
            order_lines.c.platform == bindparam("platform"),
            order_lines.c.line_key == order_lines.c[column],
            or_(published_batch.is_not(None), staged),
        )
    )
