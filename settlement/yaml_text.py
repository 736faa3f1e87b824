"""Reading the YAML files of this package: strict, with errors for the person who edits them."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer

Word = TypeVar("Word", bound=StrEnum)
WRITE_PLAINLY = "write lists and mappings of a few levels"


class RuleFileError(ValueError):
    """A rule file that cannot be used: which file, where in it, why, and what to do."""

    def __init__(self, file: str, place: str, cause: str, remedy: str) -> None:
        super().__init__(f"{file}: {place}: {cause}; {remedy}")
        self.file = file
        self.place = place
        self.cause = cause
        self.remedy = remedy


def packaged(path: str) -> str:
    """Return the text of a file of this package, such as ``platforms/jd/rules.yaml``."""
    return files("settlement").joinpath(path).read_text(encoding="utf-8")


def load(text: str, file: str) -> object:
    """Parse YAML 1.2; a key written twice is an error, and so are aliases of aliases.

    A few lines of those stand for more than a memory holds.
    """
    from ruamel.yaml.error import YAMLError

    try:
        return _parser().load(text)
    except RecursionError:
        raise RuleFileError(
            file, "the whole file", "is nested too deeply", WRITE_PLAINLY
        ) from None
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "the whole file"
        cause = str(getattr(error, "problem", error)).split("\n")[0]
        raise RuleFileError(file, place, cause, "correct the YAML") from None


def _parser() -> "YAML":
    from ruamel.yaml import YAML

    parser = YAML(typ="safe", pure=True)
    parser.Composer = _composer()
    return parser


@cache
def _composer() -> "type[Composer]":
    """Puts nodes together; one that has a name may hold no alias of another."""
    from ruamel.yaml.composer import Composer, ComposerError
    from ruamel.yaml.events import AliasEvent

    class Bounded(Composer):
        named = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.parser.peek_event()
            if self.named and isinstance(event, AliasEvent):
                raise ComposerError(
                    None, None, "is an alias within what has a name", event.start_mark
                )
            names = not isinstance(event, AliasEvent) and event.anchor is not None
            self.named += names
            node = super().compose_node(parent, index)
            self.named -= names
            return node

    return Bounded


def whole_mapping(text: str, file: str) -> Mapping[str, object]:
    """Parse a file that is one mapping; an empty file is none."""
    return mapping(load(text, file), file, "the whole file")


def mapping(value: object, file: str, place: str) -> Mapping[str, object]:
    """Return the value if it is a mapping whose keys are texts."""
    if not isinstance(value, dict):
        raise RuleFileError(file, place, "is not a mapping", 'write "key: value" lines')
    for key in value:
        if not isinstance(key, str):
            cause = f"the key {key} is not a text"
            raise RuleFileError(file, place, cause, f'write it in quotes: "{key}"')
    return cast(Mapping[str, object], value)


def one_text(value: object, file: str, place: str) -> str:
    """Return the value if it is a text that is not empty."""
    if not isinstance(value, str) or not value:
        raise RuleFileError(file, place, f"{value!r} is not a text", "write a text")
    return value


def texts(value: object, file: str, place: str) -> tuple[str, ...]:
    """Return a text, or a list of texts, as a tuple."""
    items = value if isinstance(value, list) else [value]
    for item in items:
        if not isinstance(item, str) or not item:
            cause = f"{item!r} is not a text"
            raise RuleFileError(file, place, cause, "write a text, or a list of texts")
    return tuple(items)


def one_day(value: object, file: str, place: str) -> date:
    """Return the value if it is a day, which YAML reads without quotes."""
    if type(value) is date:
        return value
    raise RuleFileError(file, place, f"{value} is not a day", "write it as 2026-11-21, no quotes")


def one_word(words: type[Word], value: object, file: str, place: str) -> Word:
    """Return the one of these words that the value is."""
    for word in words:
        if value == word.value:
            return word
    raise RuleFileError(file, place, f"{value} is not known", f"use one of {', '.join(words)}")


def only(keys: Mapping[str, object], known: frozenset[str], file: str, place: str) -> None:
    """Refuse keys that are not known here."""
    for key in keys:
        if key not in known:
            remedy = f"use one of {', '.join(sorted(known))}"
            raise RuleFileError(file, f"{place}.{key}", "is not known here", remedy)
