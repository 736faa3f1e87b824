"""Reading an editor's YAML without its traps: no aliases, no depth, no size, no doubled keys."""

from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    NodeEvent,
)

__all__ = ["KnowledgeFileError", "read_yaml"]

_LARGEST = 1_000_000
_DEEPEST = 20


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


def read_yaml(file: str, text: str) -> object:
    """Give the document as plain lists, dicts and scalars; raises KnowledgeFileError."""
    if len(text) > _LARGEST:
        raise KnowledgeFileError(
            file, None, None, f"is longer than {_LARGEST:,} characters", "split it into two files"
        )
    try:
        _check_events(file, text)
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise _unreadable(file, error) from error


def _check_events(file: str, text: str) -> None:
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(StringIO(text)):
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            line = event.start_mark.line + 1
            raise KnowledgeFileError(
                file, f"line {line}", None, "uses an anchor or alias (& or *)", "write it out"
            )
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _DEEPEST:
            raise KnowledgeFileError(
                file, None, None, f"is nested deeper than {_DEEPEST} levels", "flatten it"
            )


def _unreadable(file: str, error: YAMLError) -> KnowledgeFileError:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        place = f"line {error.problem_mark.line + 1}"
        return KnowledgeFileError(
            file, place, None, f"not readable as YAML: {error.problem}", "correct this line"
        )
    return KnowledgeFileError(
        file, None, None, f"not readable as YAML: {error}", "save the file as UTF-8 text"
    )
