"""What a typed message asks for beyond knowledge: a command in words, one's own order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.desk.list_places import place_in, without_place
from bot.shipped_tables import shipped_table
from knowledge.normalise import cleaned
from knowledge.vocabulary import shipped_vocabulary
from settlement.model import Platform

__all__ = [
    "about_link",
    "about_own_order",
    "about_some_order",
    "any_of",
    "asks",
    "asks_for_orders",
    "asks_for_person",
    "asks_what_is_to_come",
    "beyond_the_card",
    "command_of",
    "continues",
    "follow_up",
    "mine",
    "name_words",
    "named_platforms",
    "names_platform",
    "points_at_order",
    "without_mention",
    "without_platforms",
]

_SILENT = re.compile(r"[\W_]+")
_NUMBER_OR_SILENT = re.compile(r"[a-z]{0,4}\d[\d.,+e-]*|[\W_]+")
_SENTENCE = re.compile(r"[,，。.!！?？;；:：、~～…\n]+|(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
"""What stands between two sentences; Chinese has no spaces inside one."""
_MOST_BESIDE_A_WISH = 4
"""Polite words before the wish for a person, and after it."""
_MENTION = re.compile(r"@[A-Za-z0-9_]{5,32}")

# Asked several times for a message, and popular questions come again and again.
_remembered = lru_cache(maxsize=512)


@dataclass(frozen=True, slots=True)
class _Phrases:
    commands: Mapping[str, str]
    for_a_person: re.Pattern[str]
    to_come: Mapping[str, re.Pattern[str]]
    own_order: Mapping[str, tuple[str, ...]]
    on_the_card: re.Pattern[str]
    follow_up: Mapping[str, str]
    """What each phrase asks about the card before it."""
    total: re.Pattern[str]
    aside: re.Pattern[str]
    finding: Mapping[str, re.Pattern[str]]
    link: re.Pattern[str]
    own_link: re.Pattern[str]

    def says(self, part: str, said: str) -> bool:
        return any(word in said for word in self.own_order[part])


@cache
def _phrases() -> _Phrases:
    document = shipped_table("desk", "phrases.yaml")
    return _Phrases(
        {
            _bare(phrase): command
            for command, said in document["commands"].items()
            for phrase in said
        },
        _wish(**document["for_a_person"]),
        {part: any_of(words) for part, words in document["to_come"].items()},
        {part: tuple(words) for part, words in document["own_order"].items()},
        any_of(document["on_the_card"]),
        {phrase: facet for facet, said in document["follow_up"].items() for phrase in said},
        any_of(document["total"]),
        any_of(document["aside"]),
        {part: any_of(words) for part, words in document["finding"].items()},
        any_of(document["link"]),
        any_of(document["own_link"]),
    )


def _wish(**parts: list[str]) -> re.Pattern[str]:
    before, verb, person, after = (
        "|".join(re.escape(_bare(word)) for word in parts[part])
        for part in ("before", "verb", "person", "after")
    )
    # Without a bound, words that are also two others (我想要) take for ever to be refused.
    few = f"{{0,{_MOST_BESIDE_A_WISH}}}"
    return re.compile(f"(?:{before}){few}(?:{verb})(?:{person})(?:{after}){few}")


def without_mention(text: str) -> str:
    """Take the names of people and bots out of a message in a group (@提及)."""
    return _MENTION.sub("", text)


@_remembered
def command_of(text: str) -> str | None:
    """Return the command a message says in words, such as "查订单"; None for anything longer."""
    said = _bare(without_mention(text))
    wish = _phrases().for_a_person.fullmatch(said)
    return "person" if wish else _phrases().commands.get(said)


@_remembered
def asks_for_person(text: str) -> bool:
    """Tell whether a sentence of a message is the wish for a person ("转人工，佣金不对")."""
    wish = _phrases().for_a_person
    return any(wish.fullmatch(_bare(sentence)) for sentence in _SENTENCE.split(text))


@_remembered
def asks_what_is_to_come(text: str) -> bool:
    """Tell whether a message asks how much is still to come of all one's orders (还有多少没到)."""
    words, said = _phrases().to_come, _bare(text)
    if not words["how_much"].search(said) or words["threshold"].search(said.replace("有多少", "")):
        return False
    rest = without_platforms(words["how_much"].sub(" ", said))
    left = words["coming"].sub(" ", rest)
    return left != rest and not words["beside"].sub("", left).strip()


def about_own_order(text: str) -> bool:
    """Tell whether someone asks about an order of their own without naming it."""
    said = cleaned(text)
    return _phrases().says("mine", said) and about_some_order(text)


def asks(text: str) -> bool:
    """Tell whether a message asks for anything at all."""
    return _phrases().says("asks", cleaned(text))


@_remembered
def about_some_order(text: str) -> bool:
    """Tell whether a message asks what became of an order or its commission."""
    said = cleaned(text)
    return _phrases().says("matter", said) and _phrases().says("asks", said)


@_remembered
def follow_up(text: str, *, loosely: bool = False) -> str | None:
    """Return what a message asks on about the order just shown; None if it is no such message.

    That is a facet of phrases.yaml: "when", "amounts", …; "others" asks for the other orders,
    "total" for the sum of those shown.
    Taken `loosely`, a reason asked for may also be that of orders as such ("为什么没有佣金").
    """
    place = place_in(text) is not None
    said = without_place(cleaned(text)) if place else cleaned(text)
    phrase = max((each for each in _facets() if each in said), key=len, default="")
    facet = _phrases().follow_up.get(phrase, "card")
    rest = said.replace(phrase, " ") if phrase else said
    rest = _phrases().aside.sub(" ", rest)
    if total := _phrases().total.search(said):
        facet, rest = "total", rest.replace(total[0], " ")
    if names_platform(text) or beyond_the_card(rest):
        return None
    if facet == "others":
        return facet
    points = place or _phrases().says("shown", said) or said.startswith(("那", "这"))
    asks = place or bool(phrase) or _phrases().says("asks", said)
    nothing_else = not _bare(rest)
    plainly = points or nothing_else or not about_some_order(text)
    return facet if asks and (plainly or (loosely and facet == "why")) else None


def _facets() -> Mapping[str, str]:
    return _phrases().follow_up


def continues(said: str) -> bool:
    """Tell whether a cleaned text carries on what was said before ("那天猫呢")."""
    return _phrases().says("continues", said)


def mine(text: str) -> bool:
    """Tell whether a message asks whether something is one's own."""
    return _phrases().own_link.search(cleaned(text)) is not None


def about_link(text: str) -> bool:
    """Tell whether a message speaks of a link or of what a link names its promoter by."""
    return _phrases().link.search(cleaned(text)) is not None


def asks_for_orders(said: str) -> bool:
    """Tell whether a cleaned text has a word for an order."""
    return _phrases().finding["order"].search(said) is not None


def points_at_order(said: str) -> bool:
    """Tell whether a cleaned text points at certain orders ("那单"), not at orders as such."""
    return _phrases().finding["that_one"].search(said) is not None


def name_words(said: str) -> tuple[str, ...]:
    """Return what is left of a cleaned text that may be the name of an item or a shop."""
    left = _phrases().finding["around"].sub(" ", _phrases().on_the_card.sub(_kept_inside, said))
    return tuple(word for word in _SILENT.sub(" ", left).split() if len(word) > 1)


def _kept_inside(found: re.Match[str]) -> str:
    """Take away a phrase of the card; a single character may be a piece of a name."""
    return " " if len(found[0]) > 1 else found[0]


@_remembered
def named_platforms(said: str) -> tuple[str, ...]:
    """Return the platforms a cleaned text names."""
    return tuple(sorted(shipped_vocabulary().replace(said)[1] & set(Platform)))


def without_platforms(said: str) -> str:
    """Take the names of platforms out of a cleaned text."""
    return _platform_names().sub(" ", said)


@cache
def _platform_names() -> re.Pattern[str]:
    words = shipped_vocabulary().words
    return any_of([name for name, word in words.items() if word.platform])


@_remembered
def names_platform(text: str) -> bool:
    """Tell whether a message says which platform it is about."""
    return bool(shipped_vocabulary().replace(cleaned(text))[1])


@_remembered
def beyond_the_card(text: str) -> bool:
    """Tell whether a question beside an order number asks for more than the order's card says."""
    left = _phrases().on_the_card.sub("", _NUMBER_OR_SILENT.sub(" ", cleaned(text)))
    return len(left.replace(" ", "")) > 1


def _bare(text: str) -> str:
    return _SILENT.sub("", cleaned(text))


def any_of(words: list[str]) -> re.Pattern[str]:
    """Match any of the words, the longest first; Latin ones only as whole words."""
    whole = r"(?<![a-z0-9]){}(?![a-z0-9])"
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(
        "|".join(
            whole.format(re.escape(word)) if word.isascii() else re.escape(word)
            for word in longest_first
        )
    )
