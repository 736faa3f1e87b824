"""What is known of many lines at once, for an import to compare with (已知订单行)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    JSON,
    Connection,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    or_,
    select,
    true,
)

from bot.store.bulk import among, values_for
from bot.store.lines import latest_facts, published_batch, published_of
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
    dialect = connection.dialect.name
    statement = _known(dialect)
    for (creator, platform), group in groupby(sorted(keys), key=lambda key: key[:2]):
        # As JSON on both: psycopg looks through each text of an array for what has to be quoted.
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
    dialect = connection.dialect.name
    lines = values_for(dialect, sorted({line for line, _ in wanted}))
    found = connection.execute(_facts(dialect), {"lines": lines})
    pairs = set(wanted)
    return {
        (line, batch): Facts._make(rest) for line, batch, *rest in found if (line, batch) in pairs
    }


def owners_of(
    connection: Connection, said: Iterable[Said], batch: int | None
) -> dict[tuple[str, str], set[int]]:
    """Whose these lines are, by platform and key: published, or staged by this import."""
    owners: dict[tuple[str, str], set[int]] = {}
    dialect = connection.dialect.name
    ordered = sorted((each.platform, _numbered_by(each), each.key) for each in said)
    for (platform, name), group in groupby(ordered, key=lambda each: each[:2]):
        numbers = values_for(dialect, [key for _, _, key in group])
        sought = {"platform": platform, "numbers": numbers, "batch": batch or 0}
        for key, creator in connection.execute(_owners(dialect, name), sought):
            owners.setdefault((platform, key), set()).add(creator)
    return owners


def _numbered_by(said: Said) -> str:
    """The column whose number is the line's key: by it there is an index."""
    if said.line_id:
        return "line_id"
    return "sub_order_number" if said.sub_order_number else "order_number"


@cache
def _known(dialect: str) -> Select[Any]:
    return _looked_up_singly() if dialect == "postgresql" else _looked_up_together(dialect)


_LEFT = (order_facts.c.batch, order_facts.c.fingerprint, order_facts.c.data_as_of)
_of_creator = (order_lines.c.creator == bindparam("creator")) & (
    order_lines.c.platform == bindparam("platform")
)


def _looked_up_together(dialect: str) -> Select[Any]:
    return (
        select(order_lines.c.line_key, order_lines.c.id, *_LEFT)
        .select_from(order_lines)
        .outerjoin(order_facts, latest_facts)
        .where(_of_creator, among(order_lines.c.line_key, "numbers", dialect))
    )


def _looked_up_singly() -> Select[Any]:
    """While an import fills the tables PostgreSQL knows nothing of them, and reads too much.

    So it is told to look up one number after the other.
    """
    given = func.json_array_elements_text(cast(bindparam("numbers", type_=Text), JSON))
    number = given.table_valued(column("value", Text)).render_derived()
    line = (
        select(order_lines.c.id)
        .where(_of_creator, order_lines.c.line_key == number.c.value)
        .limit(1)
        .lateral("line")
    )
    latest = (order_facts.c.line == line.c.id) & (order_facts.c.batch == published_of(line.c.id))
    return select(number.c.value, line.c.id, *_LEFT).select_from(
        number.join(line, true()).outerjoin(order_facts, latest)
    )


@cache
def _facts(dialect: str) -> Select[Any]:
    return select(
        order_facts.c.line,
        order_facts.c.batch,
        order_facts.c.facts,
        order_facts.c.others,
        order_facts.c.base,
    ).where(among(order_facts.c.line, "lines", dialect))


@cache
def _owners(dialect: str, name: str) -> Select[Any]:
    staged = (
        select(order_facts.c.line)
        .where(
            order_facts.c.line == order_lines.c.id,
            order_facts.c.batch == bindparam("batch"),
        )
        .exists()
    )
    return select(order_lines.c.line_key, order_lines.c.creator).where(
        among(order_lines.c[name], "numbers", dialect),
        order_lines.c.platform == bindparam("platform"),
        order_lines.c.line_key == order_lines.c[name],
        or_(published_batch.is_not(None), staged),
    )
