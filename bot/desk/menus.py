"""What can be browsed without typing: groups of topics, and the questions in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.desk.rendering import Voice
from bot.shipped_tables import shipped_table
from knowledge.entry import Entry, KnowledgeBase

__all__ = ["OTHER", "examples", "group_of", "groups", "in_group"]

OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Menus:
    groups: Mapping[str, tuple[str, ...]]
    examples: tuple[Mapping[str, str], ...]


@cache
def _menus() -> _Menus:
    document = shipped_table("templates", "menus.yaml")
    return _Menus(
        {name: tuple(topics) for name, topics in document["groups"].items()},
        tuple(document["examples"]),
    )


def examples(knowledge: KnowledgeBase, voice: Voice) -> Iterator[tuple[str, Entry]]:
    """Yield the questions offered to a newcomer, each with the entry that answers it."""
    for example in _menus().examples:
        entry = knowledge.entries.get(example["entry"])
        if entry is not None:
            yield voice.converted(example[voice.folder]), entry


def groups(knowledge: KnowledgeBase, topics: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the groups that have entries, only those of `topics` if any are named."""
    wanted = topics or knowledge.topics
    found = {_group_of(topic) for topic in wanted}
    return tuple(name for name in (*_menus().groups, OTHER) if name in found)


def in_group(knowledge: KnowledgeBase, group: str, platform: str = "") -> tuple[Entry, ...]:
    """Return the entries of a group, of one platform or of all, in the order of the files."""
    return tuple(
        entry
        for entry in knowledge.entries.values()
        if _group_of(entry.topic) == group and platform in ("", entry.platform)
    )


def group_of(entry: Entry) -> str:
    """Return the group an entry is browsed in."""
    return _group_of(entry.topic)


def _group_of(topic: str) -> str:
    return next((name for name, topics in _menus().groups.items() if topic in topics), OTHER)
