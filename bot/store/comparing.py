"""Comparing what is said of a line with what is known (比对): pure, for one line at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from bot.store.findings import Change, Finding, Outcome
from bot.store.known_lines import KnownLine
from bot.store.said import Said, asked_at, written
from settlement.combining import ALL_STATES, RAW_STATUS, Rows, combined, joined
from settlement.combining_lists import LISTS
from settlement.contract import OrderError, read_order

__all__ = ["Arrival", "Draft", "changes_of"]

Document = Mapping[str, Any]

_ITEMS = (Rows.PHASES, Rows.ADD)
_ALWAYS = frozenset({"platform", "order_number"})
_JOINED = Outcome(Finding.JOINED)
_REPEATED = Outcome(Finding.REPEATED)
_SAME = Outcome(Finding.UNCHANGED)


class Arrival(NamedTuple):
    """A line as a source states it, and whose it is."""

    creator: int | None
    said: Said
    states: frozenset[str]
    rows: Rows


@dataclass(slots=True)
class Draft:
    """What an import makes of one line (草稿): from its rows, and from what is known."""

    arrival: Arrival
    """The first row in this part of the file; it tells how the others are joined."""
    creator: int
    known: KnownLine | None
    recognised: int | None = None
    """The batch by which the same content came before; what is later than that stays."""
    facts: Document | None = None
    """What is known, as far as it had to be read."""
    others: Mapping[str, str] | None = None
    line: int | None = None
    """The line's row, once it has one."""
    said: Document | None = None
    """What its rows say together; None while that is only what the first row says."""
    finding: Finding = Finding.NEW
    outcome: Document | None = None
    """What is known after this import; None if it is what the first row says."""
    changes: tuple[Change, ...] = ()
    is_resumed: bool = False
    """Whether it stood in an earlier part of the file."""
    was: Finding = Finding.NEW
    """What the earlier parts made of it."""
    has_joined: bool = False
    """Whether another row has been added to the first."""

    @property
    def is_first(self) -> bool:
        """Whether nothing is published of the line."""
        return self.known is None or self.known.batch is None

    @property
    def needs_facts(self) -> bool:
        """Whether what is known has to be read before the line can be compared."""
        known = self.known
        return (
            known is not None
            and known.batch is not None
            and known.fingerprint != self.arrival.said.fingerprint
        )

    def resume(self, left: Document, was: Finding) -> None:
        """Go on with a line that stood in an earlier part of the file, as that left it."""
        self.said = _spoken_of(left, self.arrival.states)
        self.finding = self.was = was

    def compare(self) -> Outcome:
        """Find what the line is to the store."""
        self.outcome, self.changes = None, ()
        if self.is_first:
            self.finding, self.outcome = Finding.NEW, self.said
        elif self.said is None and not self.needs_facts:
            self.finding = Finding.UNCHANGED
        else:
            return self._combine()
        return Outcome(self.finding)

    def join(self, said: Said) -> Outcome:
        """Take another row of the line; one that does not fit leaves it as it was."""
        states, rows = self.arrival.states, self.arrival.rows
        first = self._said()
        second = _spoken_of(orjson.loads(said.facts), states)
        if first == second and rows is not Rows.SUM:
            return _SAME
        together = joined(first, second, rows, states)
        if together is None:
            return _REPEATED
        if together == first and rows is not Rows.SUM:
            return _SAME
        before = (self.said, self.finding, self.outcome, self.changes)
        self.said = together
        found = self.compare()
        if found.finding is Finding.NEW:
            found = _readable(Outcome(Finding.NEW), together)
        if found.finding is Finding.UNFITTING:
            self.said, self.finding, self.outcome, self.changes = before
            return found
        self.has_joined = True
        return _JOINED

    def written(self) -> tuple[str, str, str | None]:
        """The document to keep, its fingerprint, and when the platform was asked."""
        first = self.arrival.said
        if self.outcome is None:
            return first.facts, first.fingerprint, first.data_as_of
        return *written(self.outcome), asked_at(self.outcome)

    def _said(self) -> Document:
        if self.said is None:
            self.said = _spoken_of(orjson.loads(self.arrival.said.facts), self.arrival.states)
        return self.said

    def _combine(self) -> Outcome:
        known, said = self.facts or {}, self._said()
        arrival = self.arrival
        if self._is_older():
            if arrival.rows not in _ITEMS or not LISTS & said.keys():
                return self._found(Outcome(Finding.OLDER))
            # A refund found late is still a refund; of all else the later report is right.
            after = combined(said, known, ALL_STATES, arrival.rows)
        else:
            after = combined(known, said, arrival.states, arrival.rows)
            if "data_as_of" in said:
                after["data_as_of"] = said["data_as_of"]
        changes = tuple(changes_of(known, after))
        if not changes:
            return self._found(_SAME)
        found = _readable(Outcome(Finding.CHANGED, None, changes), after)
        if found.finding is Finding.CHANGED:
            self.outcome, self.changes = after, changes
        return self._found(found)

    def _found(self, outcome: Outcome) -> Outcome:
        self.finding = outcome.finding
        return outcome

    def _is_older(self) -> bool:
        known = self.known
        if known is None or known.batch is None:
            return False
        if self.arrival.said.data_as_of is None:
            return self.recognised is not None and known.batch > self.recognised
        asked = datetime.fromisoformat(self.arrival.said.data_as_of).replace(tzinfo=UTC)
        return known.data_as_of is not None and asked < known.data_as_of


def changes_of(before: Document, after: Document) -> Iterator[Change]:
    """What differs between two states of a line, whenever the platform was asked."""
    for name in sorted(before.keys() | after.keys()):
        if name != "data_as_of" and before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)


def _readable(outcome: Outcome, document: Document) -> Outcome:
    """The outcome, unless the document is no order line that can be."""
    read = read_order(document)
    return Outcome(Finding.UNFITTING, read.message) if isinstance(read, OrderError) else outcome


def _spoken_of(document: Document, states: frozenset[str]) -> Document:
    """The facts of a document that a source speaks of."""
    if states >= ALL_STATES:
        return document
    spoken = {name: value for name, value in document.items() if name in states or name in _ALWAYS}
    raw = {
        name: value
        for name, value in (document.get(RAW_STATUS) or {}).items()
        if f"{RAW_STATUS}.{name}" in states
    }
    return spoken | ({RAW_STATUS: raw} if raw else {})
