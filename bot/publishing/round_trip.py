"""YAML written so that a file stays its author's (往返写法): quotes, order, comments kept."""

import unicodedata
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

__all__ = ["flow_list", "literal", "round_trip", "scalar", "writable"]

_WIDE = 4096
_UNWRITABLE = ("Cc", "Cs")
"""Controls and halves of characters, which no YAML holds as they are."""


def round_trip() -> YAML:
    """Something that reads a file and writes it again as its author did, long lines unbroken."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def scalar(text: str) -> str:
    """A text as one value within a flow list or mapping, in quotes where it needs them."""
    return flow_list([text])[1:-1]


def flow_list(texts: list[str]) -> str:
    """Some texts as a list on one line."""
    items = CommentedSeq(texts)
    items.fa.set_flow_style()
    written = StringIO()
    round_trip().dump(items, written)
    return written.getvalue().strip()


def literal(text: str, indent: int) -> str:
    """A text of several lines as a block (`|`), its lines indented by so many spaces."""
    lines = writable(text).split("\n")
    return "|\n" + "\n".join(f"{' ' * indent}{line}" if line else "" for line in lines)


def writable(text: str) -> str:
    """A text as a file can hold it: no controls, no space at the ends of lines."""
    return "\n".join(_line(line) for line in text.strip().splitlines())


def _line(line: str) -> str:
    kept = (c for c in line if c == "\t" or unicodedata.category(c) not in _UNWRITABLE)
    return "".join(kept).rstrip()
