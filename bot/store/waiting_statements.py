"""What platforms said of lines of nobody known (等待归属), kept until somebody owns them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Delete, func, select, tuple_

from bot.store.inserting import insert
from bot.store.tables import waiting_statements
from settlement.combining import Rows, Statement
from settlement.contract import OrderError, order_json, read_order
from settlement.model import Platform

__all__ = [
    "KeptStatement",
    "WaitingPromoter",
    "WaitingStatementError",
    "forget_older",
    "forget_waiting",
    "keep_waiting",
    "waiting_promoters",
    "waiting_statements_of",
]

_AT_ONCE = 100


class WaitingStatementError(Exception):
    """A statement that was kept cannot be read; it was not written by this program."""


@dataclass(frozen=True, slots=True)
class KeptStatement:
    """A statement that waits, and the row it waits as."""

    id: int
    method: str
    statement: Statement


class WaitingPromoter(NamedTuple):
    """Somebody a platform names whom nobody has registered: how many lines wait for that."""

    platform: Platform
    promoter: str
    hints: Mapping[str, str]
    lines: int
    since: datetime


def keep_waiting(
    connection: Connection, method: str, statements: Sequence[Statement], now: datetime
) -> None:
    """Keep statements until somebody owns their lines; one that waits already is not repeated.

    Where a later row replaces an earlier one, the earlier is forgotten.
    """
    kept = _latest(method, statements, now)
    if not kept:
        return
    replaced = [row for row in kept if row["statement"]["rows"] == Rows.REPLACE]
    for start in range(0, len(replaced), _AT_ONCE):
        connection.execute(_outdated(replaced[start : start + _AT_ONCE]))
    connection.execute(insert(connection, waiting_statements).on_conflict_do_nothing(), kept)


def _latest(method: str, statements: Sequence[Statement], now: datetime) -> list[dict[str, Any]]:
    """Rows to keep; of a line that is replaced only the last."""
    kept: dict[tuple[str, ...], dict[str, Any]] = {}
    for each in statements:
        row = _row(method, each, now)
        replaces = each.rows is Rows.REPLACE
        kept[(row["line_key"],) if replaces else (row["line_key"], row["fingerprint"])] = row
    return list(kept.values())


def _outdated(rows: Sequence[Mapping[str, Any]]) -> Delete:
    table = waiting_statements
    line = tuple_(table.c.platform, table.c.method, table.c.line_key)
    return table.delete().where(
        line.in_([(row["platform"], row["method"], row["line_key"]) for row in rows]),
        table.c.fingerprint.not_in([row["fingerprint"] for row in rows]),
    )


def waiting_promoters(
    connection: Connection, platform: Platform | None = None
) -> list[WaitingPromoter]:
    """Whom the platforms name and nobody has registered, most lines first."""
    table = waiting_statements
    counted = (
        select(
            table.c.platform,
            table.c.promoter,
            func.max(table.c.id),
            func.count(table.c.line_key.distinct()),
            func.min(table.c.waiting_since),
        )
        .group_by(table.c.platform, table.c.promoter)
        .order_by(func.count(table.c.line_key.distinct()).desc(), table.c.promoter)
    )
    if platform is not None:
        counted = counted.where(table.c.platform == platform)
    groups = connection.execute(counted).all()
    newest = select(table.c.id, table.c.statement).where(table.c.id.in_([g[2] for g in groups]))
    documents = {row: statement for row, statement in connection.execute(newest)}
    return [
        WaitingPromoter(Platform(platform), promoter, documents[row]["creator_hint"], lines, since)
        for platform, promoter, row, lines, since in groups
    ]


def waiting_statements_of(
    connection: Connection, platform: Platform, promoter: str, after: int, count: int
) -> list[KeptStatement]:
    """What waits of a promoter ("" for none named), in the order in which it was said."""
    table = waiting_statements
    found = connection.execute(
        select(table.c.id, table.c.method, table.c.statement, table.c.data_as_of)
        .where(
            table.c.platform == platform,
            table.c.promoter == promoter,
            table.c.id > after,
        )
        .order_by(table.c.id)
        .limit(count)
    )
    return [KeptStatement(row, method, _read(said, as_of)) for row, method, said, as_of in found]


def forget_waiting(connection: Connection, ids: Sequence[int]) -> None:
    """Let statements wait no more: they are imported."""
    connection.execute(waiting_statements.delete().where(waiting_statements.c.id.in_(ids)))


def forget_older(connection: Connection, before: datetime) -> None:
    """Forget what has waited since before an instant."""
    old = waiting_statements.c.waiting_since < before
    connection.execute(waiting_statements.delete().where(old))


def _row(method: str, said: Statement, now: datetime) -> dict[str, Any]:
    document = {
        "order": {k: v for k, v in order_json(said.order).items() if k != "data_as_of"},
        "states": sorted(said.states),
        "rows": str(said.rows),
        "creator_hint": dict(said.creator_hint),
        "others": dict(said.others),
    }
    written = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    return {
        "platform": str(said.order.platform),
        "method": method,
        "line_key": said.order.key.number,
        "fingerprint": hashlib.sha256(written).hexdigest(),
        "statement": document,
        "promoter": _promoter_of(said.creator_hint),
        "waiting_since": now,
        "data_as_of": said.order.data_as_of,
    }


def _read(document: Mapping[str, Any], as_of: datetime | None) -> Statement:
    facts = dict(document["order"])
    if as_of is not None:
        facts["data_as_of"] = as_of.isoformat()
    order = read_order(facts)
    if isinstance(order, OrderError):
        raise WaitingStatementError(f"waiting_statements: {order.field}: {order.message}")
    return Statement(
        order=order,
        states=frozenset(document["states"]),
        rows=Rows(document["rows"]),
        creator_hint=document["creator_hint"],
        others=document["others"],
    )


def _promoter_of(hints: Mapping[str, str]) -> str:
    """What a promoter is called by all that the platform says of them; empty if by nothing."""
    return "、".join(f"{name}={value}" for name, value in sorted(hints.items()))
