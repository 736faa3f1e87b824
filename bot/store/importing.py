"""Importing order lines (导入): what is new, what has changed, and what has not."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from bot.metrics import rows_imported
from bot.store.batches import (
    begin_batch,
    begin_staging,
    discard_batch,
    publish_batch,
    published_before,
    touch_batch,
)
from bot.store.bulk import STAGING
from bot.store.chunks import ChunkSize, chunks_for, collecting_later
from bot.store.comparing import Arrival
from bot.store.findings import Finding, Outcome
from bot.store.locks import hold
from bot.store.merging import merging_among, move_lines
from bot.store.overlapping import Moment, combine_anew, moment_of, overlaps_since
from bot.store.parts import Part, SeenLines
from bot.store.said import said_of
from bot.store.staging import stage
from bot.store.transactions import ATTEMPTS, ONLY_READS, reads, transact
from settlement.combining import ALL_STATES, Rows
from settlement.contract import order_json
from settlement.model import Order

__all__ = ["CHUNK", "Finding", "OwnedOrder", "ReportImport"]

logger = logging.getLogger(__name__)

CHUNK = 200
"""Lines that may be given at a time without anybody having to wait for the writer."""

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


@dataclass(slots=True)
class ReportImport:
    """One report on its way into the store; with `dry_run` it is compared and nothing written.

    Call `add` as often as needed, then `publish`; before that nobody sees anything of it.
    Importing the same report again finds every line unchanged.
    """

    engine: Engine
    file_name: str
    file_hash: str
    now: datetime
    dry_run: bool = False
    source: str | None = None
    """The layout of the report, or the method of the API."""
    seconds: Callable[[], float] = perf_counter
    findings: dict[Finding, int] = field(default_factory=lambda: dict.fromkeys(Finding, 0))
    batch: int | None = None
    """The number of this import, once something was staged."""
    chunk: ChunkSize = field(init=False)
    _seen: SeenLines = field(default_factory=SeenLines)
    _begun_at: float | None = None
    _recognised: int | None = None
    _moment: Moment = field(default_factory=lambda: Moment(0, frozenset()))
    _successors: tuple[int, ...] = ()
    """Further parts of this import, with lines that others have changed meanwhile."""

    def __post_init__(self) -> None:
        """Begin with chunks that fit the database."""
        self.chunk = chunks_for(self.engine.dialect.name)

    def add(self, lines: Sequence[OwnedOrder]) -> list[Finding]:
        """Compare lines with the store and stage what is new; one finding per line."""
        arrivals = [
            Arrival(
                each.creator,
                said_of(order_json(each.order), each.others),
                each.states,
                each.rows,
            )
            for each in lines
        ]
        return [outcome.finding for outcome in self.take(arrivals)]

    def take(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """As `add`, of lines written down already, in transactions of a fitting size."""
        self._begin()
        outcomes: list[Outcome] = []
        while len(outcomes) < len(arrivals):
            part = arrivals[len(outcomes) : len(outcomes) + self.chunk.lines]
            outcomes += self._take(part)
        return outcomes

    def publish(self, refused: int) -> None:
        """Make the report's lines visible, all at once; `refused` is for the record."""
        if self.dry_run:
            return
        found = self.findings
        counts = {
            "new": found[Finding.NEW],
            "changed": found[Finding.CHANGED],
            "unchanged": found[Finding.UNCHANGED] + found[Finding.OLDER],
            "refused": refused + found[Finding.REPEATED],
        }
        self._begin()
        while not transact(self.engine, partial(self._publish, counts)):
            staging = self.engine.execution_options(**{STAGING: True})
            self._successors = transact(staging, self._combine_anew)
        rows_imported(counts)
        logger.info("import published", extra={"batch": self.batch, **counts})

    def discard(self) -> None:
        """Forget what was staged."""
        for batch in self._own:
            discard_batch(self.engine, batch)

    @property
    def _own(self) -> list[int]:
        return [each for each in (self.batch, *self._successors) if each is not None]

    @property
    def _time(self) -> datetime:
        """Now, by the instant at which the import began and the time it has taken."""
        return self.now + timedelta(seconds=self.seconds() - (self._begun_at or self.seconds()))

    def _begin(self) -> None:
        if self._begun_at is None:
            self._begun_at = self.seconds()
            with reads(self.engine) as connection:
                self._recognised = published_before(connection, self.file_hash)
                self._moment = moment_of(connection)

    def _take(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        with collecting_later():
            taken = self._compared(arrivals)
        self.chunk.took(len(arrivals), taken.seconds)
        self.batch = taken.batch
        self._seen.add(taken.part.lines())
        if self.dry_run:
            self._seen.add_unwritten(taken.part.unwritten())
        for finding, count in taken.part.counted.items():
            self.findings[finding] += count
        return taken.outcomes

    def _compared(self, arrivals: Sequence[Arrival]) -> "_Taken":
        """Compare and stage some lines; again, if another import made the same rows meanwhile."""
        staging = self.engine.execution_options(**{STAGING: True, ONLY_READS: self.dry_run})
        for _ in range(ATTEMPTS - 1):
            try:
                return transact(staging, partial(self._arrive, arrivals))
            except IntegrityError:
                continue
        return transact(staging, partial(self._arrive, arrivals))

    def _arrive(self, arrivals: Sequence[Arrival], connection: Connection) -> "_Taken":
        """What came of some lines; it counts once it is committed."""
        begun = self.seconds()
        if not self.dry_run:
            begin_staging(connection)
            arrivals = _as_merged(connection, arrivals)
        part = Part(connection, self.batch, self._seen, self._recognised)
        outcomes = part.compare(arrivals)
        batch = self.batch
        if part.is_news and not self.dry_run:
            batch = self._touched(connection)
            stage(connection, batch, part.news, part.resumed, self.now)
        return _Taken(batch, outcomes, part, self.seconds() - begun)

    def _touched(self, connection: Connection) -> int:
        batch = self._numbered(connection)
        touch_batch(connection, batch, self._time)
        return batch

    def _publish(self, counts: dict[str, int], connection: Connection) -> bool:
        """Whether it is visible now; not while another import has to be taken into account."""
        hold(connection, ["imports"])
        if self._own and overlaps_since(connection, self._moment, self._own):
            return False
        batch = self._numbered(connection)
        publish_batch(connection, batch, counts, self._time)
        for successor in self._successors:
            publish_batch(connection, successor, {}, self._time)
        self.batch = batch
        return True

    def _combine_anew(self, connection: Connection) -> tuple[int, ...]:
        """Combine lines with what another import has published; gives the further parts."""
        hold(connection, ["imports"])
        begin_staging(connection)
        overlaps = overlaps_since(connection, self._moment, self._own)
        highest = max((each.theirs for each in overlaps), default=0)
        parts = self._successors
        if highest > max(self._own):
            begun = (self.file_name, self.file_hash, self.now, self.source)
            parts = (*parts, begin_batch(connection, *begun))
        combine_anew(connection, overlaps, max((*self._own, *parts)), self.now)
        return parts

    def _numbered(self, connection: Connection) -> int:
        return self.batch or begin_batch(
            connection, self.file_name, self.file_hash, self.now, self.source
        )


def _as_merged(connection: Connection, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """Give what a creator who is being merged would get to the other: it was named before."""
    named = {each.creator for each in arrivals if each.creator is not None}
    merging = merging_among(connection, named)
    for source, target in merging.items():
        theirs = {each.said.key for each in arrivals if each.creator == source}
        move_lines(connection, source, target, theirs)
        arrivals = [
            each._replace(creator=target) if each.creator == source else each for each in arrivals
        ]
    return arrivals


class _Taken(NamedTuple):
    """Lines compared and staged: under which batch, what came of each, and how long it took."""

    batch: int | None
    outcomes: list[Outcome]
    part: Part
    seconds: float
