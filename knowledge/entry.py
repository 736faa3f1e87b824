"""An entry of the knowledge base: what people ask, and the reviewed answer (知识条目)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["PLATFORMS", "Entry", "Figures", "KnowledgeBase", "Source"]

PLATFORMS = ("1688", "jd", "taobao", "douyin", "pinduoduo", "kuaishou", "general")
"""Where an entry applies (平台); Tmall's entries belong to taobao, general holds everywhere."""


class Figures(Protocol):
    """Through which an answer gets a figure of the rulebook, written for people (规则数值)."""

    def __getitem__(self, name: str, /) -> str:
        """Give the figure "<platform>.<name>"; KeyError if the rulebook has none."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from (出处); `as_of` is a date, a year, or "undated"."""

    title: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A reviewed answer with the ways people ask for it (知识条目).

    `answer` and `answer_en` are Jinja2 templates of plain text with <b>, <i>, <code>;
    `covers` are fact ids, `related` entry ids.
    """

    id: str
    platform: str
    questions: tuple[str, ...]
    answer: str
    answer_en: str
    source: Source
    figures: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        """What it is about (话题): the second part of the id, such as payout or refund."""
        return self.id.split(".")[1]


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """All entries of one revision by id, in the order of the files (知识库)."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    outside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Groups of questions that people also ask and that are not answered here."""

    def __getitem__(self, entry_id: str) -> Entry:
        """Give the entry with this id; KeyError if there is none."""
        return self.entries[entry_id]

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic once, in the order of first appearance."""
        return tuple(dict.fromkeys(entry.topic for entry in self.entries.values()))
