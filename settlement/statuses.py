"""What each code of a platform decides: the tables in ``platforms/<name>/statuses.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from settlement.states import State
from settlement.yaml_text import RuleFileError, load, mapping, only, texts

TABLES = frozenset({"code", "settle", "rights", "refund_tag"})
KEYS = frozenset({"text", "decides", "zh", "en", "next_steps", "reason"})
NOTHING = "nothing"


class Progress(IntEnum):
    """How far an order has come, as far as its status tells."""

    NOT_PAID = 0
    PAID = 1
    RECEIVED = 2
    SETTLED = 3


WAYS = {step.name.lower(): step for step in Progress}


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
    next_steps: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statuses:
    """The codes of a platform by table: code, settle, rights, refund_tag."""

    tables: Mapping[str, Mapping[str, Meaning]]
    by_text: Mapping[str, Meaning]
    """The codes by the platform's own words, for sources that give nothing else."""


def read_statuses(text: str, file: str, platform: str) -> Statuses:
    """Read a platform's table of codes. Raises RuleFileError."""
    top = mapping(load(text, file), file, "the whole file")
    only(top, TABLES, file, "the whole file")
    tables = {name: _read_table(raw, file, name, platform) for name, raw in top.items()}
    return Statuses(tables, {meaning.text: meaning for meaning in tables["code"].values()})


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
    decides = texts(entry.get("decides"), file, f"{place}.decides")[0]
    known = {*WAYS, *State, NOTHING}
    if decides not in known:
        cause = f"{decides} is neither a state nor a way to one"
        raise RuleFileError(file, f"{place}.decides", cause, f"use one of {', '.join(WAYS)} …")
    ordinary = decides in WAYS or decides == NOTHING
    return Meaning(
        code=code,
        text=texts(entry.get("text"), file, f"{place}.text")[0],
        progress=WAYS.get(decides),
        state=None if ordinary else State(decides),
        reason=reason if entry.get("reason", not ordinary) else None,
        words={key: texts(entry.get(key), file, f"{place}.{key}")[0] for key in ("zh", "en")},
        next_steps=texts(entry.get("next_steps") or [], file, f"{place}.next_steps"),
        facts=facts,
    )
