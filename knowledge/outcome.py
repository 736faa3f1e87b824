"""What the matcher says to a message: one outcome for each question in it."""

from dataclasses import dataclass

__all__ = [
    "Answer",
    "Asked",
    "Candidate",
    "Choices",
    "Clarify",
    "Menu",
    "Option",
    "Outcome",
    "Part",
    "Unknown",
    "entries_of",
]


@dataclass(frozen=True, slots=True)
class Answer:
    """One entry, sure enough to be said."""

    entry_id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the entries that may be meant; `question` is how to offer it (你是不是想问)."""

    entry_id: str
    confidence: float
    question: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Up to three entries to choose from, the likeliest first."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """What one answer to a question back leads to."""

    value: str
    entry_id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Clarify:
    """One missing thing to ask for; `slot` is "platform" and the options' values are platforms."""

    slot: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """Topics to choose from, for a message too short to be a question."""

    topics: tuple[str, ...]
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing in the base answers this."""


Outcome = Answer | Choices | Clarify | Menu | Unknown


def entries_of(outcome: Outcome | None) -> tuple[str, ...]:
    """The ids of the entries that are said or offered, the likeliest first."""
    match outcome:
        case Answer(entry_id):
            return (entry_id,)
        case Choices(candidates):
            return tuple(candidate.entry_id for candidate in candidates)
        case Clarify(_, options):
            return tuple(option.entry_id for option in options)
    return ()


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a message, as it was written, and what the base has to say to it."""

    text: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Asked:
    """A message, question by question, in their order; there is always at least one part."""

    parts: tuple[Part, ...]
