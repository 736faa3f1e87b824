"""The words of synonyms.yaml: what to put in their place, and which platform they name (词表)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge.entry import PLATFORMS
from knowledge.strict_yaml import KnowledgeFileError, Node, read_yaml

__all__ = ["ELSEWHERE", "Vocabulary", "load_vocabulary", "shipped_vocabulary"]

ELSEWHERE = "elsewhere"
"""Stands among the named platforms for one that the base knows nothing about."""

_SECTIONS = {"platforms", "elsewhere", "fillers", "echoes", "synonyms"}


@dataclass(frozen=True, slots=True)
class Word:
    """What a word becomes, and the platform it names, if any."""

    becomes: str
    platform: str | None = None


class Vocabulary:
    """Finds the longest known word at each place of a text."""

    def __init__(self, words: Mapping[str, Word], echoes: Iterable[str] = ()) -> None:
        """Note how long the words are that begin with a character, the longest first."""
        self.words = words
        self._echoes = sorted(echoes, key=len, reverse=True)
        self._lengths: dict[str, list[int]] = {}
        for first, length in sorted({(word[0], -len(word)) for word in words}):
            self._lengths.setdefault(first, []).append(-length)

    def __contains__(self, word: str) -> bool:
        """Say whether a word, as a whole, is known."""
        return word in self.words

    def __iter__(self) -> Iterator[str]:
        """Go through all known words."""
        return iter(self.words)

    def replace(self, text: str) -> tuple[str, frozenset[str]]:
        """Give the text with every known word replaced, and the platforms it names."""
        pieces: list[str] = []
        platforms = set()
        at = 0
        while at < len(text):
            word = self._longest(text, at) if text[at] in self._lengths else ""
            if word:
                found = self.words[word]
                pieces.append(found.becomes)
                if found.platform:
                    platforms.add(found.platform)
                at += len(word)
            else:
                pieces.append(text[at])
                at += 1
        return "".join(pieces), frozenset(platforms)

    def without_echoes(self, text: str) -> str:
        """Give what a normalised text asks beside repeating the last question."""
        for echo in self._echoes:
            text = text.replace(echo, "")
        return text

    def _longest(self, text: str, at: int) -> str:
        for length in self._lengths[text[at]]:
            word = text[at : at + length]
            if word in self.words and _stands_alone(text, at, at + len(word)):
                return word
        return ""


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A Latin word must not be a piece of a longer word, nor a number of a longer number."""
    return not (
        (start and _same_run(text[start - 1], text[start]))
        or (end < len(text) and _same_run(text[end - 1], text[end]))
    )


def _same_run(left: str, right: str) -> bool:
    if not (left.isascii() and right.isascii()):
        return False
    return (left.isalpha() and right.isalpha()) or (left.isdigit() and right.isdigit())


@cache
def shipped_vocabulary() -> Vocabulary:
    """The words that come with the program."""
    name = "synonyms.yaml"
    return load_vocabulary(name, files("knowledge").joinpath(name).read_text(encoding="utf-8"))


def load_vocabulary(file: str, text: str) -> Vocabulary:
    """Read a synonyms file; raises KnowledgeFileError."""
    document = read_yaml(file, text)
    if not isinstance(document, dict) or set(document) != _SECTIONS:
        raise KnowledgeFileError(
            file, None, None, f"must hold {', '.join(sorted(_SECTIONS))}", "restore these keys"
        )
    words: dict[str, Word] = {}
    for line in _list(file, "synonyms", document["synonyms"]):
        for word in _texts(file, "synonyms", line):
            _add(file, words, word, Word(_texts(file, "synonyms", line)[0]))
    for word in _texts(file, "fillers", document["fillers"]):
        _add(file, words, word, Word(""))
    for word in _texts(file, ELSEWHERE, document["elsewhere"]):
        _add(file, words, word, Word("", ELSEWHERE))
    for word, meaning in _platform_words(file, document["platforms"]):
        _add(file, words, word, meaning)
    return Vocabulary(words, _texts(file, "echoes", document["echoes"]))


def _platform_words(file: str, section: Node) -> Iterator[tuple[str, Word]]:
    for platform, said in _mapping(file, "platforms", section).items():
        if platform not in PLATFORMS:
            raise KnowledgeFileError(
                file, "platforms", platform, "is no platform", f"use {', '.join(PLATFORMS)}"
            )
        forms = _mapping(file, f"platforms: {platform}", said)
        for name in _texts(file, f"platforms: {platform}: names", forms.get("names", [])):
            yield name, Word("", platform)
        for name, becomes in _mapping(file, platform, forms.get("words", {})).items():
            yield name, Word(str(becomes), platform)


def _add(file: str, words: dict[str, Word], word: str, meaning: Word) -> None:
    if word != word.strip().lower() or not word:
        raise KnowledgeFileError(
            file, None, repr(word), "is not in small letters", "write it without capitals"
        )
    if words.setdefault(word, meaning) != meaning:
        raise KnowledgeFileError(
            file, None, word, "stands in two places", "keep it where it fits best"
        )


def _list(file: str, key: str, value: Node) -> list[Node]:
    if not isinstance(value, list) or not value:
        raise KnowledgeFileError(file, None, key, "must be a list", "write [one, another]")
    return value


def _texts(file: str, key: str, value: Node) -> list[str]:
    items = _list(file, key, value)
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) < len(items):
        raise KnowledgeFileError(file, None, key, "must be a list of words", "write [one, two]")
    return texts


def _mapping(file: str, key: str, value: Node) -> dict[str, Node]:
    if not isinstance(value, dict):
        raise KnowledgeFileError(file, None, key, "must be a mapping", "write {word: meaning}")
    return value
