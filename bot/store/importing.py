"""Importing order lines (导入): what is new, what has changed, and what has not."""

import hashlib
from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Engine, bindparam, select

from bot.store.batches import begin_batch, discard_batch, publish_batch, touch_batch
from bot.store.inserting import insert
from bot.store.lines import published_batch
from bot.store.tables import order_facts, order_history, order_lines
from bot.store.transactions import transact
from settlement.combining import ALL_STATES, Rows, combined
from settlement.contract import order_json
from settlement.model import Order

__all__ = ["CHUNK", "Finding", "OwnedOrder", "ReportImport"]

CHUNK = 100
"""Lines staged in one transaction; few enough that nobody waits long for the writer."""

Key = tuple[int, str, str]


_NO_OTHERS: Mapping[str, str] = MappingProxyType({})


class OwnedOrder(NamedTuple):
    """What a source says of an order line, and the creator whose it is."""

    creator: int | None
    """None if the source names nobody: it is whoever has the line already."""
    order: Order
    states: frozenset[str] = ALL_STATES
    """The facts the source speaks of; all others stay as they are known."""
    rows: Rows = Rows.SINGLE
    others: Mapping[str, str] = _NO_OTHERS

    @property
    def key(self) -> Key:
        """What identifies the line: creator, platform, the line's own number."""
        return self.creator or 0, str(self.order.platform), self.order.key.number


class Finding(StrEnum):
    """What a line of a report is to the store (比对结果)."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    """The store knows the line from a later report."""
    JOINED = "joined"
    """It stands in the same report before; both together make the line."""
    REPEATED = "repeated"
    """It stands in the same report before, saying something else; that one counts."""
    OWNERLESS = "ownerless"
    """The source names nobody, and nobody has the line."""
    SHARED = "shared"
    """The source names nobody, and several creators have the line."""


class _Known(NamedTuple):
    """What the store knows of a line; nothing but its number before its first import."""

    line: int | None = None
    facts: Mapping[str, Any] | None = None
    fingerprint: str | None = None
    data_as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Compared:
    """A line of the report, what the store knows of it, and what follows."""

    line: OwnedOrder
    document: Mapping[str, Any]
    fingerprint: str
    known: _Known
    finding: Finding


@dataclass(slots=True)
class ReportImport:
    """One report on its way into the store; with `dry_run` it is compared and nothing written.

    Call `add` with up to `CHUNK` lines at a time, then `publish`; before that nobody sees
    anything of it. Importing the same report again finds every line unchanged.
    """

    engine: Engine
    file_name: str
    file_hash: str
    now: datetime
    dry_run: bool = False
    source: str | None = None
    """The layout of the report, or the method of the API."""
    findings: dict[Finding, int] = field(default_factory=lambda: dict.fromkeys(Finding, 0))
    _batch: int | None = None
    _seen: dict[bytes, str] = field(default_factory=dict)

    def add(self, lines: Sequence[OwnedOrder]) -> list[Finding]:
        """Compare lines with the store and stage what is new; one finding per line."""
        arrived = transact(self.engine, partial(self._arrive, lines))
        self._batch = arrived.batch
        self._seen |= arrived.seen
        for each in arrived.compared:
            self.findings[each.finding] += 1
        return [each.finding for each in arrived.compared]

    def publish(self, refused: int) -> None:
        """Make the report's lines visible, all at once; `refused` is for the record."""
        if self.dry_run:
            return
        counts = {
            "new": self.findings[Finding.NEW],
            "changed": self.findings[Finding.CHANGED],
            "unchanged": self.findings[Finding.UNCHANGED] + self.findings[Finding.OLDER],
            "refused": refused + self.findings[Finding.REPEATED],
        }
        transact(self.engine, partial(self._publish, counts))

    def discard(self) -> None:
        """Forget what was staged."""
        if self._batch is not None:
            discard_batch(self.engine, self._batch)

    def _arrive(self, lines: Sequence[OwnedOrder], connection: Connection) -> "_Arrived":
        """What came of some lines; it counts once it is committed."""
        compared, seen = self._compare(connection, lines)
        fresh = [each for each in compared if each.finding in (Finding.NEW, Finding.CHANGED)]
        if not fresh or self.dry_run:
            return _Arrived(self._batch, compared, seen)
        batch = self._begun(connection)
        touch_batch(connection, batch, self.now)
        _stage(connection, batch, fresh, self.now)
        return _Arrived(batch, compared, seen)

    def _publish(self, counts: dict[str, int], connection: Connection) -> None:
        publish_batch(connection, self._begun(connection), counts, self.now)

    def _begun(self, connection: Connection) -> int:
        return self._batch or begin_batch(
            connection, self.file_name, self.file_hash, self.now, self.source
        )

    def _compare(
        self, connection: Connection, lines: Sequence[OwnedOrder]
    ) -> tuple[list[_Compared], dict[bytes, str]]:
        known = _known(connection, {line.key for line in lines})
        compared, fresh = [], dict[bytes, str]()
        seen = ChainMap(fresh, self._seen)
        for line in lines:
            before = known.get(line.key, _Known())
            said = order_json(line.order)
            document = combined(before.facts, said, line.states, line.rows)
            fingerprint = _fingerprint(document)
            # Remembered by digest: a report may have a million lines.
            digest = hashlib.blake2b(repr(line.key).encode(), digest_size=12).digest()
            if (first := seen.get(digest)) is not None:
                finding = Finding.UNCHANGED if first == fingerprint else Finding.REPEATED
            else:
                finding = _find(before, fingerprint, line.order.data_as_of)
                seen[digest] = fingerprint
            compared.append(_Compared(line, document, fingerprint, before, finding))
        return compared, fresh


class _Arrived(NamedTuple):
    """Lines compared and staged: under which batch, and what they said."""

    batch: int | None
    compared: list[_Compared]
    seen: dict[bytes, str]


def _stage(connection: Connection, batch: int, fresh: Sequence[_Compared], now: datetime) -> None:
    rows = _number(connection, [each.line for each in fresh])
    connection.execute(
        order_facts.insert(),
        [
            {
                "line": rows[each.line.key],
                "batch": batch,
                "facts": each.document,
                "fingerprint": each.fingerprint,
                "data_as_of": each.line.order.data_as_of,
                "recorded_at": now,
            }
            for each in fresh
        ],
    )
    changes = [
        {"line": rows[each.line.key], "batch": batch, "changed_at": now, **change}
        for each in fresh
        for change in _changes(each.known.facts, each.document)
    ]
    if changes:
        connection.execute(order_history.insert(), changes)


def _find(known: _Known, fingerprint: str, data_as_of: datetime | None) -> Finding:
    if known.facts is None:
        return Finding.NEW
    if known.fingerprint == fingerprint:
        return Finding.UNCHANGED
    if data_as_of and known.data_as_of and data_as_of < known.data_as_of:
        return Finding.OLDER
    return Finding.CHANGED


def _fingerprint(document: Mapping[str, object]) -> str:
    """What a line says, whenever it was asked: the same words in a later report are no change."""
    said = {name: value for name, value in document.items() if name != "data_as_of"}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    if before is None:
        return
    for name in sorted(before.keys() | after.keys()):
        if name != "data_as_of" and before.get(name) != after.get(name):
            yield {"field": name, "before": before.get(name), "after": after.get(name)}


_rows = select(order_lines.c.line_key, order_lines.c.id).where(
    order_lines.c.creator == bindparam("creator"),
    order_lines.c.platform == bindparam("platform"),
    order_lines.c.line_key.in_(bindparam("keys", expanding=True)),
)
_published = (
    select(
        order_facts.c.line,
        order_facts.c.facts,
        order_facts.c.fingerprint,
        order_facts.c.data_as_of,
    )
    .join(order_lines, order_lines.c.id == order_facts.c.line)
    .where(
        order_facts.c.batch == published_batch,
        order_lines.c.id.in_(bindparam("rows", expanding=True)),
    )
)


def _known(connection: Connection, keys: Collection[Key]) -> dict[Key, _Known]:
    rows = _find_rows(connection, keys)
    published = connection.execute(_published, {"rows": list(rows.values())})
    by_row = {row: _Known(row, *rest) for row, *rest in published}
    return {key: by_row.get(row, _Known(row)) for key, row in rows.items()}


def _find_rows(connection: Connection, keys: Collection[Key]) -> dict[Key, int]:
    rows: dict[Key, int] = {}
    for (creator, platform), group in groupby(sorted(keys), key=lambda key: key[:2]):
        sought = {
            "creator": creator,
            "platform": platform,
            "keys": [number for _, _, number in group],
        }
        for number, row in connection.execute(_rows, sought):
            rows[creator, platform, number] = row
    return rows


def _number(connection: Connection, lines: Sequence[OwnedOrder]) -> dict[Key, int]:
    """The rows of these lines, made where there are none."""
    connection.execute(
        insert(connection, order_lines).on_conflict_do_nothing(),
        [
            {
                "creator": line.creator,
                "platform": line.order.platform,
                "line_key": line.order.key.number,
                "order_number": line.order.order_number,
                "sub_order_number": line.order.sub_order_number,
                "line_id": line.order.line_id,
                "parent_number": line.order.parent_number,
                "ordered_at": line.order.created_at or line.order.paid_at,
            }
            for line in lines
        ],
    )
    return _find_rows(connection, {line.key for line in lines})
