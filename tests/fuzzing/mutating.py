"""Mutations that know what they mutate: cells of a table, members of JSON, bytes of anything."""

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

from tests.fuzzing.words import CELLS, JSON_LEAVES, headers

__all__ = ["mutated_json", "mutated_table"]

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")
DELIMITERS = ",\t;"
LARGEST = 8192
LARGEST_NUMBER = 10**4_000
"""Python writes down no number of more than 4,300 digits."""
Dice = random.Random
Rows = list[list[str]]


def mutated_bytes(content: bytes, dice: Dice) -> bytes:
    """Some bytes changed, taken out, put in or said twice."""
    held = bytearray(content[:LARGEST])
    for _ in range(dice.randint(1, 4)):
        start = dice.randint(0, len(held))
        end = min(len(held), start + dice.choice((0, 1, 1, 2, 8, 40)))
        held[start:end] = dice.choice(_PIECES)(bytes(held), dice)
    return bytes(held[:LARGEST])


_PIECES: tuple[Callable[[bytes, Dice], bytes], ...] = (
    lambda held, dice: b"",
    lambda held, dice: dice.randbytes(dice.randint(1, 6)),
    lambda held, dice: dice.choice(CELLS).encode("utf-8", "replace"),
    lambda held, dice: dice.choice((b'"', b",", b"\n", b"\r\n", b"\0", b"\xff\xfe", b"\t", b";")),
    lambda held, dice: held[(at := dice.randint(0, len(held))) : at + dice.choice((1, 30, 400))],
)


def mutated_table(content: bytes, dice: Dice) -> bytes:
    """A report with other cells, rows, columns, or in another encoding."""
    if dice.random() < 0.15:
        return mutated_bytes(content, dice)
    if content.startswith(b"PK\x03\x04"):
        return _mutated_archive(content, dice)
    encoding = _encoding_of(content)
    text = content.decode(encoding, "replace")
    delimiter = max(DELIMITERS, key=text.count)
    rows = _rows(text, delimiter)
    for _ in range(dice.randint(1, 5)):
        dice.choice(_TABLE_CHANGES)(rows, dice)
    if dice.random() < 0.2:
        encoding, delimiter = dice.choice(ENCODINGS), dice.choice(DELIMITERS)
    return _written(rows, delimiter, dice).encode(encoding, "replace")[:LARGEST]


def _encoding_of(content: bytes) -> str:
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    for mark, encoding in marks:
        if content.startswith(mark):
            return encoding
    if content[1:2] == b"\0":
        return "utf-16-le"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _rows(text: str, delimiter: str) -> Rows:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) or [[""]]
    except csv.Error:
        return [line.split(delimiter) for line in text.splitlines()] or [[""]]


def _written(rows: Rows, delimiter: str, dice: Dice) -> str:
    end = dice.choice(("\r\n", "\r\n", "\n", "\r"))
    if dice.random() < 0.2:
        return end.join(delimiter.join(row) for row in rows)
    lines = io.StringIO(newline="")
    csv.writer(lines, delimiter=delimiter, lineterminator=end).writerows(rows)
    return lines.getvalue()


def _other_cell(rows: Rows, dice: Dice) -> None:
    row = dice.choice(rows)
    if row:
        row[dice.randrange(len(row))] = dice.choice(CELLS)


def _spliced_cell(rows: Rows, dice: Dice) -> None:
    row = dice.choice(rows)
    if row:
        place = dice.randrange(len(row))
        at = dice.randint(0, len(row[place]))
        row[place] = row[place][:at] + dice.choice(CELLS) + row[place][at + dice.randint(0, 2) :]


def _other_header(rows: Rows, dice: Dice) -> None:
    header = rows[0]
    if header:
        header[dice.randrange(len(header))] = dice.choice(headers())


def _swapped_columns(rows: Rows, dice: Dice) -> None:
    width = min(map(len, rows))
    if width:
        first, second = dice.randrange(width), dice.randrange(width)
        for row in rows:
            row[first], row[second] = row[second], row[first]


def _added_column(rows: Rows, dice: Dice) -> None:
    for place, row in enumerate(rows):
        row.append(dice.choice(CELLS if place else headers()))


def _dropped_column(rows: Rows, dice: Dice) -> None:
    place = dice.randrange(max(map(len, rows)) or 1)
    for row in rows:
        del row[place : place + 1]


def _repeated_row(rows: Rows, dice: Dice) -> None:
    row = dice.choice(rows)
    rows.extend([*row] for _ in range(dice.choice((1, 1, 2, 10))))


def _dropped_row(rows: Rows, dice: Dice) -> None:
    if len(rows) > 1:
        del rows[dice.randrange(len(rows))]


def _ragged_row(rows: Rows, dice: Dice) -> None:
    row = dice.choice(rows)
    if dice.random() < 0.5:
        row.append(dice.choice(CELLS))
    else:
        del row[dice.randint(0, len(row)) :]


def _title(rows: Rows, dice: Dice) -> None:
    rows.insert(0, [dice.choice(CELLS)])


_TABLE_CHANGES: tuple[Callable[[Rows, Dice], None], ...] = (
    *(_other_cell, _other_cell, _other_cell, _spliced_cell, _spliced_cell, _other_header),
    *(_swapped_columns, _added_column, _dropped_column, _repeated_row, _dropped_row),
    *(_ragged_row, _title),
)


def _mutated_archive(content: bytes, dice: Dice) -> bytes:
    """A workbook one of whose parts is changed; the archive around it stays sound."""
    held = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(held, "w") as after:
            names = before.namelist()
            chosen = dice.choice(names)
            for name in names:
                part = before.read(name)
                after.writestr(name, mutated_bytes(part, dice) if name == chosen else part)
    except Exception:  # whatever a broken archive raises
        return mutated_bytes(content, dice)
    return held.getvalue()


def mutated_json(content: bytes, dice: Dice) -> bytes:
    """An answer with other members, values or depth; JSON inside strings too."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return mutated_bytes(content, dice)
    if dice.random() < 0.1:
        return mutated_bytes(content, dice)
    for _ in range(dice.randint(1, 4)):
        document = _mutated(document, dice, 0)
    try:
        return json.dumps(document, ensure_ascii=dice.random() < 0.5).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return content


def _mutated(value: Any, dice: Dice, depth: int) -> Any:
    if dice.random() < 0.04 or depth > 30:
        return dice.choice(JSON_LEAVES)
    if isinstance(value, dict) and value:
        return _mutated_object(value, dice, depth)
    if isinstance(value, list) and value:
        return _mutated_list(value, dice, depth)
    if isinstance(value, str) and value[:1] in ("{", "["):
        return _mutated_inside(value, dice, depth)
    return _other_leaf(value, dice)


def _mutated_object(value: dict[str, Any], dice: Dice, depth: int) -> Any:
    changed = dict(value)
    name = dice.choice(list(changed))
    what = dice.random()
    if what < 0.06:
        del changed[name]
    elif what < 0.09:
        changed[dice.choice(list(value)) + dice.choice(("", "s", "_"))] = changed.pop(name)
    elif what < 0.11:
        changed[name] = json.dumps(changed[name])
    else:
        changed[name] = _mutated(changed[name], dice, depth + 1)
    return changed


def _mutated_list(value: list[Any], dice: Dice, depth: int) -> Any:
    what = dice.random()
    if what < 0.08:
        return value[0]
    if what < 0.16:
        return [*value, *value[: dice.randint(1, 3)]]
    place = dice.randrange(len(value))
    return [*value[:place], _mutated(value[place], dice, depth + 1), *value[place + 1 :]]


def _mutated_inside(value: str, dice: Dice, depth: int) -> Any:
    try:
        return json.dumps(_mutated(json.loads(value), dice, depth + 1))
    except (ValueError, RecursionError):
        return _other_leaf(value, dice)


def _other_leaf(value: Any, dice: Dice) -> Any:
    if isinstance(value, str) and dice.random() < 0.4:
        at = dice.randint(0, len(value))
        return value[:at] + dice.choice(CELLS) + value[at + 1 :]
    if isinstance(value, int) and dice.random() < 0.4:
        value %= LARGEST_NUMBER
        return dice.choice((str(value), float(value % 10**9), -value, value * 1000, value + 1))
    return dice.choice(JSON_LEAVES)
