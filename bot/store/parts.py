"""A part of a file, compared with the store and with the parts before it (比对)."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from bot.store.comparing import Arrival, Draft
from bot.store.findings import Finding, Outcome
from bot.store.known_lines import Facts, Key, KnownLine, facts_of, known_lines, owners_of
from settlement.combining import Rows

__all__ = ["Part", "SeenLines"]

_OWNERLESS, _SHARED = Outcome(Finding.OWNERLESS), Outcome(Finding.SHARED)


class SeenLines:
    """The lines a file has spoken of: a bit for each row of the table, however many there are.

    Lines that have no row, for nothing is written, are remembered by two numbers each.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._bits = bytearray()
        self._unwritten: dict[int, int] = {}

    def __contains__(self, line: int) -> bool:
        place = line >> 3
        return place < len(self._bits) and bool(self._bits[place] >> (line & 7) & 1)

    def add(self, lines: Sequence[int]) -> None:
        """Remember rows."""
        if lines and (missing := (max(lines) >> 3) + 1 - len(self._bits)) > 0:
            self._bits.extend(bytes(missing))
        for line in lines:
            self._bits[line >> 3] |= 1 << (line & 7)

    @property
    def are_unwritten(self) -> bool:
        """Whether there are lines without a row: in a dry run."""
        return bool(self._unwritten)

    def add_unwritten(self, drafts: Iterable[tuple[Key, Draft]]) -> None:
        """Remember lines without a row, and what was said of them."""
        for key, draft in drafts:
            self._unwritten[hash(key)] = hash(draft.arrival.said.fingerprint)

    def again(self, key: Key, arrival: Arrival) -> Outcome | None:
        """What another row of a line without a row is to the first one."""
        first = self._unwritten.get(hash(key))
        if first is None:
            return None
        if first == hash(arrival.said.fingerprint) and arrival.rows is not Rows.SUM:
            return Outcome(Finding.UNCHANGED)
        return Outcome(Finding.REPEATED if arrival.rows is Rows.SINGLE else Finding.JOINED)


class Part:
    """Some lines of a file: compared, with what is to be written of them."""

    def __init__(
        self,
        connection: Connection,
        batch: int | None,
        seen: SeenLines,
        recognised: int | None,
    ) -> None:
        """Take what the parts before have left."""
        self._connection = connection
        self._batch = batch
        self._seen = seen
        self._recognised = recognised
        self._drafts: dict[Key, Draft] = {}
        self.resumed: list[Draft] = []
        """Lines of an earlier part that this one has changed."""
        self.counted: Counter[Finding] = Counter()

    @property
    def is_news(self) -> bool:
        """Whether anything has to be written."""
        return bool(self.resumed or any(map(self._is_staged, self._drafts.values())))

    @property
    def news(self) -> list[Draft]:
        """The lines to be written; those of an earlier part only if this one has changed them."""
        return [draft for draft in self._drafts.values() if self._is_staged(draft)]

    def lines(self) -> list[int]:
        """The rows of all its lines."""
        return [draft.line for draft in self._drafts.values() if draft.line is not None]

    def unwritten(self) -> list[tuple[Key, Draft]]:
        """Its lines that have no row."""
        return [each for each in self._drafts.items() if each[1].line is None]

    def compare(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """Say what each line is to the store."""
        outcomes, keys = self._owned(arrivals)
        several = self._draft(keys, arrivals)
        self._read_known(several)
        first_at: dict[Key, int] = {}
        for place, (key, arrival) in enumerate(zip(keys, arrivals, strict=True)):
            if key is None:
                continue
            if self._seen.are_unwritten and (again := self._seen.again(key, arrival)):
                self._drafts.pop(key, None)
                outcomes[place] = again
            elif key in first_at or self._drafts[key].is_resumed:
                outcomes[place] = self._drafts[key].join(arrival.said)
            else:
                first_at[key] = place
                outcomes[place] = self._drafts[key].compare()
        for key, place in first_at.items() if several else ():
            draft = self._drafts[key]
            if draft.has_joined:
                outcomes[place] = Outcome(draft.finding, None, draft.changes)
        found = [outcome for outcome in outcomes if outcome is not None]
        self._count(found)
        return found

    def _owned(self, arrivals: Sequence[Arrival]) -> tuple[list[Outcome | None], list[Key | None]]:
        """Whose each line is; where nobody is named, who has it already."""
        nameless = [each.said for each in arrivals if each.creator is None]
        owners = owners_of(self._connection, nameless, self._batch) if nameless else {}
        outcomes: list[Outcome | None] = [None] * len(arrivals)
        keys: list[Key | None] = []
        for place, (creator, said, _, _) in enumerate(arrivals):
            if creator is None:
                having = owners.get((said.platform, said.key), ())
                if len(having) != 1:
                    outcomes[place] = _SHARED if having else _OWNERLESS
                    keys.append(None)
                    continue
                (creator,) = having
            keys.append((creator, said.platform, said.key))
        return outcomes, keys

    def _draft(self, keys: Sequence[Key | None], arrivals: Sequence[Arrival]) -> set[Key]:
        """Begin a draft for each line; gives the lines that have several rows here."""
        known = known_lines(self._connection, {key for key in keys if key is not None})
        several = set()
        for key, arrival in zip(keys, arrivals, strict=True):
            if key is None:
                continue
            if key in self._drafts:
                several.add(key)
                continue
            row = known.get(key)
            line = row.line if row else None
            draft = Draft(arrival, key[0], row, self._recognised, line=line)
            draft.is_resumed = line is not None and line in self._seen
            self._drafts[key] = draft
        return several

    def _read_known(self, several: set[Key]) -> None:
        """Read what is known where a fingerprint does not tell enough."""
        wanted = {
            (known.line, batch): draft
            for key, draft in self._drafts.items()
            if (known := draft.known) is not None
            and (draft.needs_facts or draft.is_resumed or key in several)
            for batch in (known.batch, self._batch if draft.is_resumed else None)
            if batch is not None
        }
        found = facts_of(self._connection, wanted.keys())
        for (line, batch), draft in wanted.items():
            if (facts := found.get((line, batch))) is None:
                continue
            if draft.known is not None and batch == draft.known.batch:
                draft.facts = facts.facts
            draft.others = {**(draft.others or {}), **(facts.others or {})}
        for draft in self._drafts.values():
            if draft.is_resumed and draft.known is not None:
                self._resume(draft, draft.known, found)

    def _resume(self, draft: Draft, known: KnownLine, found: dict[tuple[int, int], Facts]) -> None:
        staged = found.get((known.line, self._batch or 0))
        if staged is None:
            draft.resume(draft.facts or {}, Finding.UNCHANGED)
        else:
            finding = Finding.NEW if known.batch is None else Finding.CHANGED
            draft.resume(staged.facts, finding)

    def _is_staged(self, draft: Draft) -> bool:
        return draft.finding.is_staged and (not draft.is_resumed or draft.has_joined)

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        self.counted.update(outcome.finding for outcome in outcomes)
        for draft in self._drafts.values():
            if draft.is_resumed and draft.has_joined:
                self.resumed.append(draft)
                if draft.finding is not draft.was:
                    self.counted[draft.was] -= 1
                    self.counted[draft.finding] += 1
