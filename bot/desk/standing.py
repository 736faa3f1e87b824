"""One's own orders that stand in a certain way, asked for in words (哪几单无效)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.desk import orders
from bot.desk.earnings import LINES
from bot.desk.lists import judge
from bot.desk.phrases import any_of, named_platforms, without_platforms
from bot.desk.replies import Answered
from bot.desk.sought import MOST_FOUND
from bot.desk.turn import Turn
from bot.shipped_tables import shipped_table
from knowledge.normalise import cleaned
from settlement.states import State

__all__ = ["Standing", "answer", "standing_in"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How orders stand that somebody asks for; `word` is theirs, in simplified script."""

    word: str
    states: frozenset[State]


@dataclass(frozen=True, slots=True)
class _Words:
    standings: Sequence[tuple[re.Pattern[str], frozenset[State]]]
    any_of_them: re.Pattern[str]
    orders: re.Pattern[str]
    which: re.Pattern[str]
    beside: re.Pattern[str]


@lru_cache(maxsize=512)
def standing_in(text: str) -> Standing | None:
    """Read how orders stand that a message asks for; None if it asks for anything else.

    It has a word for a standing, one for orders and one for "which", and says nothing more.
    """
    words = _words()
    said = cleaned(text)
    found = words.any_of_them.search(said)
    if found is None:
        return None
    rest = without_platforms(said.replace(found[0], " "))
    ordered = words.orders.sub(" ", rest)
    asked = words.which.sub(" ", ordered)
    if rest == ordered or ordered == asked or words.beside.sub("", asked).strip(" ?？"):
        return None
    states = next(states for word, states in words.standings if word.fullmatch(found[0]))
    return Standing(found[0], states)


def answer(turn: Turn, text: str) -> Answered | None:
    """List one's own orders that stand as asked for; None if the text asks for none."""
    standing = standing_in(text)
    if standing is None:
        return None
    if not turn.bound:
        return turn.answered(turn.unbound())
    own, named = turn.facts.own_lines, named_platforms(cleaned(text))
    lines = [line for line in own if not named or line.order.platform in named]
    fitting = {each.row for each in judge(turn, lines) if each.diagnosis.state in standing.states}
    if not fitting:
        word = turn.voice.converted(standing.word)
        return turn.answered(turn.say("none_standing", word=word))
    found = [line for line in lines if line.row in fitting]
    more = len(found) > MOST_FOUND or len(own) == LINES
    return orders.show_lines(turn, found[:MOST_FOUND], latest_only=more)


@cache
def _words() -> _Words:
    table = shipped_table("desk", "standing.yaml")
    standings = [
        (any_of(each["words"]), frozenset(map(State, each["states"])))
        for each in table["standings"]
    ]
    every_word = [word for each in table["standings"] for word in each["words"]]
    return _Words(
        standings,
        any_of(every_word),
        any_of(table["orders"]),
        any_of(table["which"]),
        any_of(table["beside"]),
    )
