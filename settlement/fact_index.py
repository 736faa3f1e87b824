"""Which fact is used where (事实索引): figures, codes, states, reasons, dates, calculators."""

from collections.abc import Iterator
from dataclasses import dataclass

from settlement.calculators import calculators
from settlement.model import Platform
from settlement.platforms import room_of
from settlement.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a fact: the kind of thing that rests on it, and which."""

    kind: str
    """figure, statuses, states, reasons, dates, lines, details or calculator."""
    name: str
    """Such as ``1688.payout_day`` or ``jd.wait_cycle``."""


def fact_index(rulebook: Rulebook) -> dict[str, tuple[Use, ...]]:
    """Return all uses of each fact, by its id, in alphabetical order."""
    index: dict[str, dict[Use, None]] = {}
    for fact, use in _uses(rulebook):
        index.setdefault(fact, {})[use] = None
    return {fact: tuple(index[fact]) for fact in sorted(index)}


def _uses(rulebook: Rulebook) -> Iterator[tuple[str, Use]]:
    for rule in rulebook.rules.values():
        for fact in rule.facts:
            yield fact, Use("figure", rule.name)
    for platform in Platform:
        for (kind, word), explanation in room_of(platform).explanations.by_word.items():
            for fact in explanation.facts:
                yield fact, Use(kind, f"{platform.value}.{word}")
    for calculator in calculators().values():
        for fact in calculator.facts:
            yield fact, Use("calculator", calculator.name)


def next_steps() -> tuple[str, ...]:
    """Return every next step a diagnosis can name, in alphabetical order."""
    return tuple(
        sorted(
            {
                step
                for platform in Platform
                for explanation in room_of(platform).explanations.by_word.values()
                for step in explanation.next_steps
            }
        )
    )


def reasons() -> tuple[str, ...]:
    """Return every reason a diagnosis can name, the platforms' own included."""
    explained = {
        word
        for platform in Platform
        for kind, word in room_of(platform).explanations.by_word
        if kind == "reasons"
    }
    return tuple(sorted(explained | set(own_reasons())))


def own_reasons() -> dict[str, dict[str, str]]:
    """Return the words (zh, en) of each platform's own reasons, such as ``jd_27``."""
    return {
        meaning.reason: dict(meaning.words)
        for platform in Platform
        for table in room_of(platform).statuses.tables.values()
        for meaning in table.values()
        if meaning.reason
    }
