"""Taking a window's pages into the store (入库): as one batch, visible at once or not at all."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.store.creators import creator_names
from bot.store.importing import CHUNK, Finding, OwnedOrder, ReportImport
from bot.store.sync_cursors import SourceKey
from bot.store.transactions import reads, transact
from bot.store.unread_rows import any_unread
from bot.store.waiting_statements import keep_waiting
from bot.sync.unread import note_rows, without_variant
from settlement.apis import Page
from settlement.combining import Rows, Statement
from settlement.combining_lists import LISTS
from settlement.creator_names import CreatorNames

__all__ = ["Arriving", "Counts", "named_owner", "spoken_of"]

_NOBODYS = frozenset({Finding.OWNERLESS, Finding.SHARED})
_FRESH = frozenset({Finding.NEW, Finding.CHANGED})


class Counts(NamedTuple):
    """What became of the rows of a window."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    waiting: int = 0
    unreadable: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


@dataclass(slots=True)
class Arriving:
    """One window on its way into the store; all of it blocks and belongs on a thread.

    What names a creator nobody has registered, for a line nobody has, is kept waiting.
    """

    engine: Engine
    key: SourceKey
    name: str
    """What the batch is called among the imports."""
    now: datetime
    _report: ReportImport = field(init=False)
    _names: CreatorNames = field(init=False)
    _waiting: int = 0
    _unreadable: int = 0
    _any_unread: bool = False
    """Whether rows of this method are kept that could not be read, then or before."""

    def __post_init__(self) -> None:
        content = hashlib.sha256(f"{self.key}|{self.name}|{self.now}".encode()).hexdigest()
        self._report = ReportImport(
            self.engine, self.name, content, self.now, source=self.key.method
        )
        with reads(self.engine) as connection:
            self._names = creator_names(connection)
            name = without_variant(self.key.method)
            self._any_unread = any_unread(connection, self.key.platform, name)

    def add(self, page: Page) -> None:
        """Take in a page."""
        for start in range(0, len(page.statements), CHUNK):
            self._add(page.statements[start : start + CHUNK])
        self._unreadable += len(page.unread)
        self._any_unread |= bool(page.unread)
        if self._any_unread:
            transact(self.engine, partial(note_rows, key=self.key, page=page, now=self.now))

    def publish(self) -> Counts:
        """Show what has arrived, if anything is new."""
        found = self._report.findings
        if any(found[each] for each in _FRESH):
            self._report.publish(refused=self._unreadable)
        known = found[Finding.UNCHANGED] + found[Finding.OLDER]
        return Counts(
            found[Finding.NEW], found[Finding.CHANGED], known, self._waiting, self._unreadable
        )

    def discard(self) -> None:
        """Forget what has arrived, as far as the database lets us; the rest is cleared later."""
        with suppress(DBAPIError):
            self._report.discard()

    def _add(self, statements: Sequence[Statement]) -> None:
        findings = self._report.add([self._owned(each) for each in statements])
        nobodys = [
            each for each, finding in zip(statements, findings, strict=True) if finding in _NOBODYS
        ]
        if nobodys:
            keep = partial(keep_waiting, method=self.key.method, statements=nobodys, now=self.now)
            transact(self.engine, keep)
            self._waiting += len(nobodys)

    def _owned(self, said: Statement) -> OwnedOrder:
        owner = named_owner(self._names, said)
        return OwnedOrder(owner, said.order, spoken_of(said), said.rows, said.others)


def spoken_of(said: Statement) -> frozenset[str]:
    """The facts a statement speaks of; one that adds items may add to any list.

    Rows of one line in one window must agree on it, and a settlement and its clawback differ.
    """
    return said.states | LISTS if said.rows in (Rows.ADD, Rows.PHASES) else said.states


def named_owner(names: CreatorNames, said: Statement) -> int | None:
    """The one creator whom a statement names; None if it names nobody known, or several."""
    named = names.named(said.order.platform, said.creator_hint)
    return next(iter(named)) if len(named) == 1 else None
