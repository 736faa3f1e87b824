"""The words of synonyms.yaml, compiled for replacing in one pass over a text (词表)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.strict_yaml import KnowledgeFileError, read_yaml

__all__ = ["Vocabulary", "load_vocabulary", "shipped_vocabulary"]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a word becomes, and the platform it names, if any."""

    text: str
    platform: str | None = None


class Vocabulary:
    """Finds the longest known word at each place of a text and replaces it."""

    def __init__(self, words: Mapping[str, Replacement]) -> None:
        """Sort the words by first character, the longest first."""
        self._by_first: dict[str, list[tuple[str, Replacement]]] = {}
        for word in sorted(words, key=len, reverse=True):
            self._by_first.setdefault(word[0], []).append((word, words[word]))

    def replace(self, text: str) -> tuple[str, frozenset[str]]:
        """Give the text with every known word replaced, and the platforms named in it."""
        out: list[str] = []
        platforms = set()
        at = 0
        while at < len(text):
            word, found = self._longest(text, at)
            out.append(found.text)
            if found.platform:
                platforms.add(found.platform)
            at += len(word)
        return "".join(out), frozenset(platforms)

    def _longest(self, text: str, at: int) -> tuple[str, Replacement]:
        for word, replacement in self._by_first.get(text[at], ()):
            if text.startswith(word, at) and _stands_alone(word, text, at):
                return word, replacement
        return text[at], Replacement(text[at])


def _stands_alone(word: str, text: str, at: int) -> bool:
    """A word of Latin letters or digits must not be a piece of a longer one."""
    if not word.isascii():
        return True
    before = text[at - 1] if at else ""
    after = text[at + len(word)] if at + len(word) < len(text) else ""
    return not (_continues(before, word[0]) or _continues(word[-1], after))


def _continues(left: str, right: str) -> bool:
    return (
        left.isascii()
        and right.isascii()
        and ((left.isalpha() and right.isalpha()) or (left.isdigit() and right.isdigit()))
    )


@cache
def shipped_vocabulary() -> Vocabulary:
    """The words that come with the program."""
    name = "synonyms.yaml"
    return load_vocabulary(name, files("knowledge").joinpath(name).read_text(encoding="utf-8"))


def load_vocabulary(file: str, text: str) -> Vocabulary:
    """Read a synonyms file; raises KnowledgeFileError."""
    document = read_yaml(file, text)
    if not isinstance(document, dict) or set(document) != {"platforms", "fillers", "synonyms"}:
        raise KnowledgeFileError(
            file, None, None, "must hold platforms, fillers and synonyms", "restore the three keys"
        )
    words: dict[str, Replacement] = {}
    for canonical, *others in document["synonyms"]:
        words.update({other: Replacement(canonical) for other in others})
        words.setdefault(canonical, Replacement(canonical))
    words.update({filler: Replacement("") for filler in document["fillers"]})
    words.update(_platform_words(document["platforms"].items()))
    return Vocabulary(words)


def _platform_words(
    platforms: Iterable[tuple[str, Mapping[str, Any]]],
) -> dict[str, Replacement]:
    words = {}
    for platform, said in platforms:
        words.update({name: Replacement("", platform) for name in said["names"]})
        words.update({word: Replacement(to, platform) for word, to in said["words"].items()})
    return words
