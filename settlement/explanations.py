"""What stands behind each word of a diagnosis: facts, evidence and next steps, from facts.yaml."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeVar

from settlement.yaml_text import mapping, only, texts, whole_mapping

SECTIONS = frozenset({"states", "reasons", "dates", "lines", "details"})
KEYS = frozenset({"facts", "evidence", "next_steps"})
Word = tuple[str, str]
"""A section and a word in it, such as ``("states", "wait_cycle")``."""
SAID = ("statuses", "states", "reasons", "dates", "lines", "details")
MOST_REMEMBERED = 10_000
"""Ways of combining words kept at once; real orders need a few hundred."""
Said = tuple[tuple[str, ...], ...]
"""The words of a diagnosis, by the sections of SAID."""


HAPPENING = frozenset(
    {
        *("paid_at", "received_at", "closed_at", "settled_at", "paid_out_at", "withdrawn_at"),
        *("settled_commission", "settled_base"),
    }
)
"""Facts that count from the instant they come about; a situation holds those that have."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact of the order is found, such as ``raw_status.code``."""

    name: str
    holder: str
    attribute: str


@cache
def place_of(name: str) -> Place:
    """Return where the fact of this name is found."""
    if name.startswith("raw_status."):
        return Place(name, "raw_status", name.removeprefix("raw_status."))
    return Place(name, "situation" if name in HAPPENING else "order", name)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a word is said: fact ids, the order's facts, and what the creator can do."""

    facts: tuple[str, ...] = ()
    evidence: tuple[Place, ...] = ()
    next_steps: tuple[str, ...] = ()
    instead_of: tuple[tuple[str, str], ...] = ()
    """What of a state it replaces, such as ``("frozen", "next_steps")``."""


NOTHING = Explanation()


class Explanations:
    """The explanations of one platform, its own laid over the general ones."""

    def __init__(self, by_word: Mapping[Word, Explanation]) -> None:
        self.by_word = by_word
        self._together: dict[Said, Explanation] = {}

    def of(self, said: Said) -> Explanation:
        """Explain all that is said at once, each fact and step named once, in its order."""
        known = self._together.get(said)
        if known is None:
            if len(self._together) >= MOST_REMEMBERED:
                self._together.clear()
            words = [
                (section, word)
                for section, words in zip(SAID, said, strict=True)
                for word in words
            ]
            known = self._together[said] = self._join(words)
        return known

    def _join(self, words: Iterable[Word]) -> Explanation:
        found = [(word, self.by_word.get(word, NOTHING)) for word in words]
        replaced = {each for _, explained in found for each in explained.instead_of}
        return Explanation(
            _all_of("facts", found, replaced),
            once(place for _, explained in found for place in explained.evidence),
            _all_of("next_steps", found, replaced),
        )


def _all_of(
    member: Literal["facts", "next_steps"],
    found: Iterable[tuple[Word, Explanation]],
    replaced: Set[tuple[str, str]],
) -> tuple[str, ...]:
    """Join the facts or steps, but those of a state whose code brings its own."""
    return once(
        item
        for (section, word), explained in found
        if section != "states" or (word, member) not in replaced
        for item in getattr(explained, member)
    )


Item = TypeVar("Item")


def once(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items in their order, each once."""
    return tuple(dict.fromkeys(items))


def read_explanations(text: str, file: str) -> dict[Word, Explanation]:
    """Read one facts.yaml. Raises RuleFileError."""
    top = whole_mapping(text, file)
    only(top, SECTIONS, file, "the whole file")
    return {
        (section, word): _read(raw, file, f"{section}.{word}")
        for section in top
        for word, raw in mapping(top[section], file, section).items()
    }


def laid_over(
    general: Mapping[Word, Explanation], own: Mapping[Word, Explanation]
) -> dict[Word, Explanation]:
    """Add a platform's own facts and evidence; its next steps replace the general ones."""
    joined = dict(general)
    for word, mine in own.items():
        base = general.get(word, NOTHING)
        joined[word] = Explanation(
            once((*mine.facts, *base.facts)),
            once((*mine.evidence, *base.evidence)),
            mine.next_steps or base.next_steps,
        )
    return joined


def _read(raw: object, file: str, place: str) -> Explanation:
    entry = mapping(raw, file, place)
    only(entry, KEYS, file, place)
    facts, evidence, next_steps = (
        texts(entry.get(key) or [], file, f"{place}.{key}")
        for key in ("facts", "evidence", "next_steps")
    )
    return Explanation(facts, tuple(place_of(name) for name in evidence), next_steps)
