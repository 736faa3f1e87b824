"""The words of the pages (文字): one YAML file a page, each key in zh and en."""

from collections.abc import Mapping
from functools import cache

from bot.shipped_tables import shipped_table

__all__ = ["MissingWordError", "is_word", "word", "words_of"]

_EVERYWHERE = ""


class MissingWordError(Exception):
    """A page says a word that its file does not have."""


@cache
def words_of(page: str) -> Mapping[str, Mapping[str, str]]:
    """The words of a page, key → language → text; those of all pages for an empty name."""
    place = ("layout", "words.yaml") if page == _EVERYWHERE else ("pages", f"{page}.yaml")
    words: Mapping[str, Mapping[str, str]] = shipped_table("console", *place)
    return words


def is_word(page: str, key: str) -> bool:
    """Whether a page, or all pages, can say it."""
    return key in words_of(page) or key in words_of(_EVERYWHERE)


def word(page: str, key: str, language: str) -> str:
    """A word of a page, else of all pages; raises MissingWordError if neither has it."""
    for name in (page, _EVERYWHERE):
        found = words_of(name).get(key)
        if found is not None:
            return found[language]
    raise MissingWordError(
        f"bot/console/pages/{page}.yaml: the key {key!r} is missing; add it with zh and en"
    )
