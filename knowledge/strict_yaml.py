"""Reading an editor's YAML without its traps: text, lists and mappings, and nothing else.

Every scalar is text as it was written, so that 1688, no or 2022-12-30 stay what they look like.
"""

from collections.abc import Iterator

import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

__all__ = ["PARSER", "KnowledgeFileError", "Node", "read_yaml"]

PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, twenty times faster, wherever the package was built with it."""

_LARGEST = 1_000_000
_DEEPEST = 20

Node = str | list["Node"] | dict[str, "Node"]


class KnowledgeFileError(ValueError):
    """A fault in a knowledge file; the text says file, entry, key, cause and remedy."""

    def __init__(
        self, file: str, entry: str | None, key: str | None, cause: str, remedy: str
    ) -> None:
        """Compose the text from its parts, which stay readable as attributes."""
        place = ": ".join(part for part in (file, entry, key) if part)
        super().__init__(f"{place}: {cause}; {remedy}")
        self.file, self.entry, self.key = file, entry, key
        self.cause, self.remedy = cause, remedy


def read_yaml(file: str, text: str) -> Node:
    """Give the one document of a text; raises KnowledgeFileError."""
    if len(text) > _LARGEST:
        raise KnowledgeFileError(
            file, None, None, f"is longer than {_LARGEST:,} characters", "split it into two files"
        )
    try:
        return _Builder(file, text).document()
    except (YAMLError, UnicodeEncodeError) as error:
        raise _unreadable(file, error) from error


class _Builder:
    """Puts the parser's events together, refusing what no knowledge file needs."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._events: Iterator[Event] = yaml.parse(text, Loader=PARSER)

    def document(self) -> Node:
        found: list[Node] = []
        for event in self._events:
            if isinstance(event, NodeEvent):
                found.append(self._node(event, depth=0))
            if isinstance(event, DocumentStartEvent) and found:
                raise self._fault(event, "begins a second document", "keep one document a file")
        return found[0] if found else []

    def _node(self, event: Event, depth: int) -> Node:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._fault(event, "uses an anchor or alias (& or *)", "write the text out")
        if (tag := getattr(event, "tag", None)) not in (None, "!"):
            raise self._fault(event, f"uses the tag {tag}", "leave the tag out")
        if depth > _DEEPEST:
            raise self._fault(event, f"is nested deeper than {_DEEPEST} levels", "flatten it")
        if isinstance(event, ScalarEvent):
            return str(event.value)
        if isinstance(event, SequenceStartEvent):
            return [self._node(item, depth + 1) for item in self._items()]
        return self._mapping(depth)

    def _mapping(self, depth: int) -> dict[str, Node]:
        mapping: dict[str, Node] = {}
        for event in self._items():
            key = self._node(event, depth + 1)
            if not isinstance(key, str):
                raise self._fault(event, "has a key that is no text", "use a word as the key")
            if key in mapping:
                raise self._fault(event, f"has the duplicate key {key}", "remove one of the two")
            mapping[key] = self._node(next(self._events), depth + 1)
        return mapping

    def _items(self) -> Iterator[Event]:
        for event in self._events:
            if isinstance(event, CollectionEndEvent):
                return
            yield event

    def _fault(self, event: Event, cause: str, remedy: str) -> KnowledgeFileError:
        place = f"line {event.start_mark.line + 1}" if event.start_mark else None
        return KnowledgeFileError(self._file, place, None, cause, remedy)


def _unreadable(file: str, error: YAMLError | UnicodeEncodeError) -> KnowledgeFileError:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        place = f"line {error.problem_mark.line + 1}"
        return KnowledgeFileError(
            file, place, None, f"not readable as YAML: {error.problem}", "correct this line"
        )
    cause = " ".join(str(error).split())
    return KnowledgeFileError(
        file, None, None, f"not readable as YAML: {cause}", "save the file as UTF-8 text"
    )
