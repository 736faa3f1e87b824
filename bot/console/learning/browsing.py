"""Which entries fit a search, with whom they reached and who disliked them (浏览)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from bot.store.voting import Tally
from knowledge.entry import Entry, KnowledgeBase

__all__ = ["ONLY", "Row", "Wish", "listed"]

ONLY = ("disliked", "unreached", "few")
"""Disliked by somebody, given to nobody yet, or with few phrasings."""
_FEW = 10


class Row(NamedTuple):
    """An entry in the list; people it was given to, and their 👍 and 👎."""

    entry: Entry
    reached: int
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; empty is everything."""

    platform: str = ""
    text: str = ""
    only: str = ""

    @property
    def query(self) -> str:
        """The same for an address."""
        return urlencode({"platform": self.platform, "q": self.text, "only": self.only})

    def fits(self, row: Row) -> bool:
        """Whether an entry is looked for."""
        if self.platform and row.entry.platform != self.platform:
            return False
        if self.only == "disliked" and not row.unhelpful:
            return False
        if self.only == "unreached" and row.reached:
            return False
        if self.only == "few" and len(row.entry.questions) >= _FEW:
            return False
        return all(word in _text(row.entry) for word in self.text.casefold().split())


def listed(
    base: KnowledgeBase, wish: Wish, reached: Mapping[str, int], voted: Iterable[Tally]
) -> list[Row]:
    """The entries that fit, in the order of the files; the disliked ones most disliked first."""
    tally = {each.entry: each for each in voted}
    rows = [_row(each, reached, tally.get(each.id)) for each in base.entries.values()]
    found = [row for row in rows if wish.fits(row)]
    if wish.only == "disliked":
        found.sort(key=lambda row: -row.unhelpful)
    return found


def _row(entry: Entry, reached: Mapping[str, int], tally: Tally | None) -> Row:
    helpful, unhelpful = (tally.helpful, tally.unhelpful) if tally else (0, 0)
    return Row(entry, reached.get(entry.id, 0), helpful, unhelpful)


def _text(entry: Entry) -> str:
    words = (entry.id, entry.answer, entry.answer_en, *entry.questions, *entry.covers)
    return "\n".join(words).casefold()
