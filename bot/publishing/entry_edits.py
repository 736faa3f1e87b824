"""An entry's lines in an editor's file written anew (改写条目), and nothing else in it.

A file is an editor's own: with comments, an order, lists broken as they please. So only what
changes is put in the place of what stood there; the rest stays as it is to the last byte.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import yaml
from yaml.error import YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.publishing.round_trip import flow_list, literal, scalar, writable
from knowledge.strict_yaml import PARSER, KnowledgeFileError, read_yaml

__all__ = ["Value", "entries_in", "rewritten", "with_entry"]

Value = str | Sequence[str] | Mapping[str, str]

_BYTE_ORDER_MARK = "\ufeff"
_LONGEST_LINE = 150
_STEP = 2


class _Splice(NamedTuple):
    """What takes the place of a stretch of the text."""

    start: int
    end: int
    replacement: str


def entries_in(file: str, text: str) -> dict[str, Mapping[str, object]]:
    """The entries of a file by their ids, as they stand; raises KnowledgeFileError."""
    document = read_yaml(file, text)
    items = document if isinstance(document, list) else []
    return {str(item["id"]): item for item in items if isinstance(item, dict) and "id" in item}


def rewritten(file: str, text: str, entry: str, values: Mapping[str, Value]) -> str:
    """The file's text with other values of an entry; what is the same is not touched.

    Raises KnowledgeFileError if the entry is not there, or cannot be written without changing
    anything else.
    """
    if text.startswith(_BYTE_ORDER_MARK):
        return _BYTE_ORDER_MARK + rewritten(file, text[1:], entry, values)
    before = entries_in(file, text)
    changed = {
        key: value for key, value in values.items() if _differs(before.get(entry, {}), key, value)
    }
    if not changed:
        return text
    try:
        splices = list(_Entry(text, _node_of(text, entry)).splices(changed))
    except (YAMLError, LookupError) as error:
        raise _unwritable(file, entry) from error
    after = _spliced(text, splices)
    _check(file, entry, before, changed, after)
    return after


def with_entry(file: str, text: str, values: Mapping[str, Value]) -> str:
    """The file's text with one more entry at its end; `values` in the order they are to have."""
    lines = "".join(f"  {key}:{_written(key, value)}\n" for key, value in values.items())
    above = f"{text.rstrip()}\n\n" if text.strip() else ""
    after = f"{above}- {lines[_STEP:]}"
    _check(file, str(values["id"]), entries_in(file, text), values, after)
    return after


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where the keys of one entry and their values stand in a text."""

    text: str
    node: MappingNode

    def splices(self, values: Mapping[str, Value]) -> Iterator[_Splice]:
        places = {key.value: (key, value) for key, value in self.node.value}
        for key, new in values.items():
            if key not in places:
                yield self._one_more(places["source"][0], key, new)
            else:
                yield from self._changed(*places[key], new)

    def _one_more(self, before: Node, key: str, new: Value) -> _Splice:
        at = before.start_mark.index
        margin = " " * before.start_mark.column
        return _Splice(at, at, f"{key}:{_written(key, new)}\n{margin}")

    def _changed(self, key: Node, value: Node, new: Value) -> Iterator[_Splice]:
        margin = key.start_mark.column + _STEP
        match value, new:
            case ScalarNode(), str():
                end = self._end_of_scalar(value, key.start_mark.column)
                yield _Splice(value.start_mark.index, end, _text(new, margin))
            case MappingNode(), Mapping():
                yield from _Entry(self.text, value).splices(new)
            case SequenceNode(), _ if not isinstance(new, str | Mapping):
                yield from self._list(value, list(new), margin)
            case _:
                raise LookupError(key.value)

    def _end_of_scalar(self, value: ScalarNode, column: int) -> int:
        """Where a value ends; a block's mark lies behind the blank lines that follow it."""
        if value.style not in ("|", ">"):
            return int(value.end_mark.index)
        end = self._end_of_line(value.start_mark.index)
        at = end
        while at < len(self.text):
            line_end = self._end_of_line(at + 1)
            line = self.text[at + 1 : line_end]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= column:
                break
            at, end = line_end, line_end if line.strip() else end
        return end

    def _end_of_line(self, at: int) -> int:
        found = self.text.find("\n", at)
        return found if found >= 0 else len(self.text)

    def _list(self, node: SequenceNode, new: list[str], margin: int) -> Iterator[_Splice]:
        kept = [place for place, item in enumerate(node.value) if item.value in new]
        more = new[len(kept) :]
        if not kept or [node.value[place].value for place in kept] != new[: len(kept)]:
            at = _Splice(node.start_mark.index, node.end_mark.index, flow_list(new))
            yield at if node.flow_style else self._block_anew(node, new)
        elif node.flow_style:
            yield from self._fewer_in_line(node.value, kept)
            yield from self._more_in_line(node.value[kept[-1]], more, margin)
        else:
            yield from self._fewer_lines(node.value, kept)
            yield from self._more_lines(node.value[kept[-1]], more)

    def _fewer_in_line(self, items: Sequence[Node], kept: Sequence[int]) -> Iterator[_Splice]:
        first = kept[0]
        if first:
            yield _Splice(items[0].start_mark.index, items[first].start_mark.index, "")
        for place in range(first + 1, len(items)):
            if place not in kept:
                end = items[place].end_mark.index
                yield _Splice(items[place - 1].end_mark.index, end, "")

    def _more_in_line(self, last: Node, more: Sequence[str], margin: int) -> Iterator[_Splice]:
        column, pieces = last.end_mark.column, []
        for text in map(scalar, more):
            breaks = column + len(text) > _LONGEST_LINE
            pieces.append(f",\n{' ' * margin}{text}" if breaks else f", {text}")
            column = (margin if breaks else column + 2) + len(text)
        if pieces:
            yield _Splice(last.end_mark.index, last.end_mark.index, "".join(pieces))

    def _fewer_lines(self, items: Sequence[Node], kept: Sequence[int]) -> Iterator[_Splice]:
        for place in set(range(len(items))) - set(kept):
            item = items[place]
            start = self.text.rfind("\n", 0, item.start_mark.index) + 1
            yield _Splice(start, self._end_of_line(item.end_mark.index) + 1, "")

    def _more_lines(self, last: Node, more: Sequence[str]) -> Iterator[_Splice]:
        start = self.text.rfind("\n", 0, last.start_mark.index) + 1
        dash = self.text[start : self.text.index("-", start)]
        end = self._end_of_line(last.end_mark.index)
        if more:
            yield _Splice(end, end, "".join(f"\n{dash}- {scalar(text)}" for text in more))

    def _block_anew(self, node: SequenceNode, new: list[str]) -> _Splice:
        if not node.value:
            return _Splice(node.start_mark.index, node.end_mark.index, flow_list(new))
        first, last = node.value[0], node.value[-1]
        start = self.text.rfind("\n", 0, first.start_mark.index) + 1
        dash = self.text[start : self.text.index("-", start)]
        end = self._end_of_line(last.end_mark.index)
        return _Splice(start, end, "\n".join(f"{dash}- {scalar(text)}" for text in new))


def _node_of(text: str, entry: str) -> MappingNode:
    document = yaml.compose(text, Loader=PARSER)
    for node in document.value if isinstance(document, SequenceNode) else ():
        if isinstance(node, MappingNode) and any(
            key.value == "id" and value.value == entry for key, value in node.value
        ):
            return node
    raise LookupError(entry)


def _differs(entry: Mapping[str, object], key: str, value: Value) -> bool:
    return _plain(entry.get(key, [])) != _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, Sequence) else value


def _written(key: str, value: Value) -> str:
    """What stands behind the colon of a new key."""
    if isinstance(value, str):
        return f" {literal(value, 2 * _STEP) if key.startswith('answer') else scalar(value)}"
    if isinstance(value, Mapping):
        pairs = (f"{name}: {scalar(text)}" for name, text in value.items())
        return f" {{{', '.join(pairs)}}}"
    if key == "questions":
        return "".join(f"\n    - {scalar(text)}" for text in value)
    return f" {flow_list(list(value))}"


def _text(new: str, margin: int) -> str:
    return literal(new, margin) if "\n" in new.strip() else scalar(writable(new))


def _spliced(text: str, splices: Sequence[_Splice]) -> str:
    for each in sorted(splices, reverse=True):
        text = text[: each.start] + each.replacement + text[each.end :]
    return text


def _check(
    file: str,
    entry: str,
    before: Mapping[str, Mapping[str, object]],
    values: Mapping[str, Value],
    text: str,
) -> None:
    """See that the text says what was meant of this entry, and of the others what it said."""
    wanted = dict(before) | {entry: {**before.get(entry, {}), **values}}
    try:
        found = entries_in(file, text)
    except KnowledgeFileError as error:
        raise _unwritable(file, entry) from error
    if _plain(found) != _plain(wanted):
        raise _unwritable(file, entry)


def _unwritable(file: str, entry: str) -> KnowledgeFileError:
    return KnowledgeFileError(
        file,
        entry,
        None,
        "this cannot be written without changing something else",
        "edit the file by hand",
    )
