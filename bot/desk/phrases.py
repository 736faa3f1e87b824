"""What a typed message asks for beyond knowledge: a command in words, one's own order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from knowledge.normalise import cleaned
from knowledge.vocabulary import shipped_vocabulary

__all__ = [
    "about_own_order",
    "about_some_order",
    "beyond_the_card",
    "command_of",
    "follows_up",
    "names_platform",
    "without_mention",
]

_SILENT = re.compile(r"[\W_]+")
_NUMBER_OR_SILENT = re.compile(r"[a-z]{0,4}\d[\d.,+e-]*|[\W_]+")
_MENTION = re.compile(r"@[A-Za-z0-9_]{5,32}")


@dataclass(frozen=True, slots=True)
class _Phrases:
    commands: Mapping[str, str]
    own_order: Mapping[str, tuple[str, ...]]
    on_the_card: re.Pattern[str]

    def says(self, part: str, said: str) -> bool:
        return any(word in said for word in self.own_order[part])


@cache
def _phrases() -> _Phrases:
    text = files("bot.desk").joinpath("phrases.yaml").read_text(encoding="utf-8")
    document = YAML(typ="safe").load(text)
    return _Phrases(
        {
            _bare(phrase): command
            for command, said in document["commands"].items()
            for phrase in said
        },
        {part: tuple(words) for part, words in document["own_order"].items()},
        _any_of(document["on_the_card"]),
    )


def without_mention(text: str) -> str:
    """Take the names of people and bots out of a message in a group (@提及)."""
    return _MENTION.sub("", text)


def command_of(text: str) -> str | None:
    """Return the command a message says in words, such as "查订单"; None for anything longer."""
    return _phrases().commands.get(_bare(without_mention(text)))


def about_own_order(text: str) -> bool:
    """Tell whether someone asks about an order of their own without naming it."""
    said = cleaned(text)
    return _phrases().says("mine", said) and about_some_order(text)


def about_some_order(text: str) -> bool:
    """Tell whether a message asks what became of an order or its commission."""
    said = cleaned(text)
    return _phrases().says("matter", said) and _phrases().says("asks", said)


def follows_up(text: str) -> bool:
    """Tell whether a message asks on about the order just shown ("那什么时候到账？")."""
    said = cleaned(text)
    points = _phrases().says("shown", said) or said.startswith(("那", "这"))
    about_it = points or not about_some_order(text)
    asks = _phrases().says("asks", said)
    return asks and about_it and not names_platform(text) and not beyond_the_card(text)


def names_platform(text: str) -> bool:
    """Tell whether a message says which platform it is about."""
    return bool(shipped_vocabulary().replace(cleaned(text))[1])


def beyond_the_card(text: str) -> bool:
    """Tell whether a question beside an order number asks for more than the order's card says."""
    left = _phrases().on_the_card.sub("", _NUMBER_OR_SILENT.sub(" ", cleaned(text)))
    return len(left.replace(" ", "")) > 1


def _bare(text: str) -> str:
    return _SILENT.sub("", cleaned(text))


def _any_of(words: list[str]) -> re.Pattern[str]:
    """Match any of the words, the longest first; Latin ones only as whole words."""
    whole = r"(?<![a-z0-9]){}(?![a-z0-9])"
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(
        "|".join(
            whole.format(re.escape(word)) if word.isascii() else re.escape(word)
            for word in longest_first
        )
    )
