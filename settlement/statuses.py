"""What each code of a platform decides: the tables in ``platforms/<name>/statuses.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from settlement.explanations import Explanation, Word
from settlement.model import RawStatus
from settlement.states import State
from settlement.yaml_text import RuleFileError, mapping, one_text, only, texts, whole_mapping

TABLES = frozenset({"code", "settle", "rights", "refund_tag"})
KEYS = frozenset({"text", "decides", "zh", "en", "facts", "next_steps", "reason"})
NOTHING = "nothing"


class Progress(IntEnum):
    """How far an order has come, as far as its status tells."""

    NOT_PAID = 0
    PAID = 1
    RECEIVED = 2
    SETTLED = 3


WAYS = {step.name.lower(): step for step in Progress}


class Dispute(IntEnum):
    """What a dispute has come to (维权结果); of several, the greater outweighs the others."""

    UNTOLD = 0
    OVER = 1
    """It ended without a refund (退款关闭)."""
    OPEN = 2
    WON = 3
    """Money goes back (维权成功)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One code of a platform (状态码), and what it decides: a way to go, a state, or nothing."""

    code: str
    text: str
    """The platform's own words."""
    progress: Progress | None
    state: State | None
    reason: str | None
    """The code's own reason; None where the state says it all."""
    words: Mapping[str, str] = field(hash=False)
    """What it means for the creator, by language (zh, en)."""
    explanation: Explanation
    """The facts behind it and the way out; its own take the place of its state's."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the status of a line tells, all its codes together."""

    code: Meaning | None = None
    """What the status code itself means."""
    decided: tuple[State, ...] = ()
    """The states that the status decides; how much was refunded, it never tells."""
    progress: Progress | None = None
    """How far the order has come; None if the status tells no way."""
    unlisted: bool = False
    """Some code, or the words instead of one, are not in our tables."""
    dispute: Dispute = Dispute.UNTOLD
    after_sale: bool = False
    """Something is told about refunds, returns or disputes."""
    tagged: bool = False
    """The line is tagged as disputed, and nothing else is told (维权标签)."""
    reasons: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    """Each code with its table, such as ``rights.30``."""


NOTHING_TOLD = Told()
Codes = tuple[str | None, ...]


class Statuses:
    """The codes of a platform by table: code, settle, rights, refund_tag."""

    def __init__(self, tables: Mapping[str, Mapping[str, Meaning]]) -> None:
        self.tables = tables
        self.by_text = {meaning.text: meaning for meaning in tables["code"].values()}
        self._told: dict[Codes, Told] = {}

    def explanations(self) -> dict[Word, Explanation]:
        """Return the facts and next steps behind each code."""
        return {
            ("statuses", f"{name}.{code}"): meaning.explanation
            for name, table in self.tables.items()
            for code, meaning in table.items()
        }

    def told(self, raw: RawStatus) -> Told:
        """Return what a status tells; a source without codes is read by its words."""
        text = None if raw.code else raw.text
        codes = (raw.code, raw.settle, raw.rights, raw.refund_tag, text)
        known = self._told.get(codes)
        if known is None:
            known = self._read(raw, text)
            # Codes in our tables are few; what is not in them could fill the memory.
            if not known.unlisted:
                self._told[codes] = known
        return known

    def dispute(self, code: str | None) -> Dispute:
        """Return what a dispute has come to by its code (rights); one not listed may be open."""
        meaning = self.tables.get("rights", {}).get(code or "")
        if meaning is None:
            return Dispute.OPEN if code else Dispute.UNTOLD
        return _dispute(meaning)

    def _read(self, raw: RawStatus, text: str | None) -> Told:
        found: dict[str, Meaning] = {}
        unlisted = bool(text) and text not in self.by_text
        if text and not unlisted:
            found["code"] = self.by_text[text]
        for name, table in self.tables.items():
            code = getattr(raw, name)
            if code in table:
                found[name] = table[code]
            elif code:
                unlisted = True
        return _together(found, unlisted)


def _dispute(meaning: Meaning) -> Dispute:
    if meaning.state is None:
        return Dispute.OVER
    return Dispute.WON if meaning.state is State.REFUND_UNDECIDED else Dispute.OPEN


def _together(found: Mapping[str, Meaning], unlisted: bool) -> Told:
    states = {meaning.state for meaning in found.values() if meaning.state is not None}
    ways = [meaning.progress for meaning in found.values() if meaning.progress is not None]
    rights, tag = found.get("rights"), found.get("refund_tag")
    return Told(
        after_sale=bool(states & {State.REFUND_UNDECIDED, State.IN_AFTER_SALE}),
        code=found.get("code"),
        decided=tuple(states - {State.REFUND_UNDECIDED}),
        progress=max(ways, default=None),
        unlisted=unlisted,
        dispute=Dispute.UNTOLD if rights is None else _dispute(rights),
        tagged=tag is not None and tag.state is not None and rights is None,
        reasons=tuple(meaning.reason for meaning in found.values() if meaning.reason),
        codes=tuple(f"{name}.{meaning.code}" for name, meaning in found.items()),
    )


def read_statuses(text: str, file: str, platform: str) -> Statuses:
    """Read a platform's table of codes. Raises RuleFileError."""
    top = whole_mapping(text, file)
    only(top, TABLES, file, "the whole file")
    tables = {name: _read_table(raw, file, name, platform) for name, raw in top.items()}
    return Statuses(tables)


def _read_table(raw: object, file: str, name: str, platform: str) -> dict[str, Meaning]:
    table = mapping(raw, file, name)
    only(table, frozenset({"facts", "codes"}), file, name)
    facts = texts(table.get("facts"), file, f"{name}.facts")
    prefix = platform if name == "code" else f"{platform}_{name}"
    return {
        code: _read_meaning(code, entry, file, f"{name}.{code}", f"{prefix}_{code}", facts)
        for code, entry in mapping(table.get("codes"), file, f"{name}.codes").items()
    }


def _read_meaning(
    code: str, raw: object, file: str, place: str, reason: str, facts: tuple[str, ...]
) -> Meaning:
    entry = mapping(raw, file, place)
    only(entry, KEYS, file, place)
    decides = one_text(entry.get("decides"), file, f"{place}.decides")
    known = {*WAYS, *State, NOTHING}
    if decides not in known:
        cause = f"{decides} is neither a state nor a way to one"
        raise RuleFileError(file, f"{place}.decides", cause, f"use one of {', '.join(WAYS)} …")
    ordinary = decides in WAYS or decides == NOTHING
    own = {"facts", "next_steps"} & entry.keys() if not ordinary else frozenset()
    return Meaning(
        code=code,
        text=one_text(entry.get("text"), file, f"{place}.text"),
        progress=WAYS.get(decides),
        state=None if ordinary else State(decides),
        reason=reason if entry.get("reason", not ordinary) else None,
        words={key: one_text(entry.get(key), file, f"{place}.{key}") for key in ("zh", "en")},
        explanation=Explanation(
            texts(entry["facts"], file, f"{place}.facts") if "facts" in entry else facts,
            (),
            texts(entry.get("next_steps") or [], file, f"{place}.next_steps"),
            tuple((decides, each) for each in sorted(own)),
        ),
    )
