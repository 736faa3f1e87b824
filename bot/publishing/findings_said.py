"""What checks of answers and figures find, in the reader's language (检查措辞).

The checks say it in English: a line with places, cause and remedy. Pages, commands and the
doctor say it in Chinese, by the words in `findings_said.yaml`.
"""

import re
from functools import cache
from typing import NamedTuple

from bot.shipped_tables import shipped_table

__all__ = ["finding_said", "outcome_said"]

LONGEST = 1000
"""Characters; a longer line quotes more than anybody reads, and stays as it is."""
MOST_PLACES = 6
_OUTCOMES = {
    "三选一": "one of",
    "问平台": "asks which platform:",
    "菜单": "the menu",
    "不知道": "no answer",
}


class _Wording(NamedTuple):
    """A piece of a finding as the checks say it, and in Chinese."""

    said: re.Pattern[str]
    chinese: str


def finding_said(language: str, line: str) -> str:
    """A line such as "place: cause; remedy"; what has no Chinese words stays as it is."""
    if language == "en" or len(line) > LONGEST:
        return line
    before, _, last = line.rpartition("; ")
    if remedy := _chinese("pieces", last) if before else None:
        # Of YAML that cannot be parsed the parser's own words say why.
        return f"{_placed(before) or before}；{remedy}"
    return _placed(line) or line


def outcome_said(language: str, outcome: str) -> str:
    """What comes of a question: entries by their ids, all else in words."""
    if language != "en":
        return outcome
    parts = (part.partition(" ") for part in outcome.split("；"))
    return "; ".join(f"{_OUTCOMES.get(kind, kind)} {rest}".strip() for kind, _, rest in parts)


def _placed(said: str) -> str | None:
    """A cause behind its places, of which some have words too."""
    pieces = said.split(": ")
    for first in range(min(len(pieces), MOST_PLACES)):
        if cause := _chinese("pieces", ": ".join(pieces[first:])):
            places = (_chinese("places", place) or place for place in pieces[:first])
            return "：".join((*places, cause))
    return None


def _chinese(section: str, said: str) -> str | None:
    for wording in _wordings()[section]:
        if found := wording.said.fullmatch(said):
            # What is filled in may have words itself: a fault of the markup, in a language.
            parts = [_chinese("pieces", part) or part for part in found.groups()]
            return wording.chinese.format(*parts)
    return None


@cache
def _wordings() -> dict[str, tuple[_Wording, ...]]:
    sections: dict[str, dict[str, str]] = shipped_table("publishing", "findings_said.yaml")
    return {
        section: tuple(_Wording(_pattern(said), chinese) for said, chinese in words.items())
        for section, words in sections.items()
    }


def _pattern(said: str) -> re.Pattern[str]:
    # What a cause begins with ends before a colon, or it would swallow the places before it.
    filled = "((?:(?!: ).)+?)" if said.startswith("{}") else "(.+?)"
    first, *rest = map(re.escape, said.split("{}"))
    return re.compile("".join((first, *(filled + part for part in rest))), re.DOTALL)
