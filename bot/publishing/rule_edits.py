"""Edits of an operator's rules (规则改动): a figure, a look at its source, a year's working days.

Pure: the files of a revision in, one edit of one file out. Comments, order and quotes of what is
there are kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from bot.publishing.candidate import RULES, files_under
from bot.publishing.editing import Edit
from bot.publishing.round_trip import round_trip
from settlement.model import Platform
from settlement.platforms import folder
from settlement.rule_files import figure_places
from settlement.rulebook import Rule, Unit
from settlement.workdays import Year
from settlement.yaml_text import load, mapping

__all__ = [
    "NewValue",
    "calendar_edit",
    "looked_again",
    "value_edit",
    "value_taken_out",
]

CALENDAR = "workdays.yaml"
"""Where the years go if no file of the operator's has any yet."""
WINDOW_PARTS = 3


@dataclass(frozen=True, slots=True)
class NewValue:
    """What a figure is from a day on, and who says so; None is unknown from then on."""

    first: date
    figure: str | None
    source: str
    checked: date


def value_edit(files: Mapping[str, str], rule: Rule, new: NewValue) -> tuple[str, Edit]:
    """Write a value under a figure, which was looked up at its source that day."""

    def write(entry: CommentedMap) -> None:
        values = entry.setdefault("values", CommentedMap())
        values[_copy(new.first)] = _as_written(new.figure, rule.unit)
        for day in sorted(values):
            values.move_to_end(day)
        entry["source"] = new.source
        entry["last_checked"] = _copy(new.checked)
        if entry.get("effective", "unknown") != "unknown":
            entry["effective"] = _copy(min(values))

    return _with_entry(files, rule, write)


def value_taken_out(files: Mapping[str, str], rule: Rule, first: date) -> tuple[str, Edit] | None:
    """Take back a value of the operator's own; None if none of theirs begins on that day."""
    place = figure_places(files_under(files, RULES)).get(rule.name)
    top = _loaded(files[RULES + place[0]]) if place else CommentedMap()
    entry = top[place[1]] if place else CommentedMap()
    if place is None or first not in entry.get("values", ()):
        return None
    del entry["values"][first]
    if not entry["values"]:
        del top[place[1]]
    elif entry.get("effective", "unknown") != "unknown":
        entry["effective"] = _copy(min(entry["values"]))
    path = RULES + place[0]
    return path, Edit(files[path], _dumped(top) if top else None)


def looked_again(files: Mapping[str, str], rule: Rule, day: date) -> tuple[str, Edit]:
    """Write down that a figure was compared with its source, and still holds."""

    def write(entry: CommentedMap) -> None:
        entry["last_checked"] = _copy(day)

    return _with_entry(files, rule, write)


def calendar_edit(
    files: Mapping[str, str], years: Mapping[int, Year], source: str
) -> tuple[str, Edit]:
    """Write years of working days; each takes the place of what the operator had for it."""
    own = files_under(files, RULES)
    path = RULES + next((name for name in own if "years" in _top(own[name], name)), CALENDAR)
    before = files.get(path)
    top = _loaded(before)
    if not top:
        top.yaml_set_start_comment("Working days by the State Council's notices.")
    written = top.setdefault("years", CommentedMap())
    for number in sorted(years):
        written[DoubleQuotedScalarString(str(number))] = _written_year(years[number], source)
    return path, Edit(before, _dumped(top))


def _as_written(text: str | None, unit: Unit) -> Any:
    """A figure as a rule file has it, of what somebody typed: ``10%`` is ``"0.1"``."""
    if text is None:
        return None
    if unit is Unit.WINDOWS:
        return _windows(text)
    if unit is Unit.RATE and text.endswith("%"):
        text = _of_hundred(text)
    return DoubleQuotedScalarString(text)


def _of_hundred(text: str) -> str:
    try:
        return f"{Decimal(text.removesuffix('%').strip()) / 100:f}"
    except InvalidOperation:
        return text  # the rule files' reader says what is wrong with it


def _windows(text: str) -> CommentedSeq:
    """Big promotions, one a line: name, first and last day."""
    windows = CommentedSeq()
    for line in filter(None, (line.strip() for line in text.splitlines())):
        parts = line.rsplit(maxsplit=WINDOW_PARTS - 1)
        parts += [""] * (WINDOW_PARTS - len(parts))
        keys = ("name", "from", "to")
        quoted = {
            key: DoubleQuotedScalarString(part) for key, part in zip(keys, parts, strict=True)
        }
        window = CommentedMap(quoted)
        window.fa.set_flow_style()
        windows.append(window)
    return windows


def _with_entry(
    files: Mapping[str, str], rule: Rule, write: Callable[[CommentedMap], None]
) -> tuple[str, Edit]:
    place = figure_places(files_under(files, RULES)).get(rule.name)
    room, _, key = rule.name.partition(".")
    name, key = place or (_file_of(room, files), key)
    before = files.get(RULES + name)
    top = _loaded(before)
    if not top:
        top.yaml_set_start_comment("Figures of our own; each takes effect from its first day.")
    entry = top.setdefault(key, CommentedMap())
    write(entry)
    return RULES + name, Edit(before, _dumped(top))


def _file_of(room: str, files: Mapping[str, str]) -> str:
    """The operator's file for a room: one laid out as the shipped rules are, else a flat one."""
    name = room if room == "general" else folder(Platform(room))
    nested = "rules.yaml" if room == "general" else f"platforms/{name}/rules.yaml"
    known = [path for path in (nested, f"{room}.yaml") if RULES + path in files]
    return known[0] if known else f"{name}.yaml"


def _written_year(year: Year, source: str) -> CommentedMap:
    entry = CommentedMap({"official": year.official, "source": source})
    for key, days in (("weekday_off", year.weekdays_off), ("weekend_work", year.weekend_work)):
        written = CommentedSeq([DoubleQuotedScalarString(f"{day}") for day in sorted(days)])
        entry[key] = written
    return entry


def _copy(day: date) -> date:
    """The same day as another object: one object in two places would be written as an alias."""
    return date.fromordinal(day.toordinal())


def _top(text: str, name: str) -> Mapping[str, object]:
    return mapping(load(text, name) or {}, name, "the whole file")


def _loaded(text: str | None) -> CommentedMap:
    return (round_trip().load(text) if text else None) or CommentedMap()


def _dumped(top: CommentedMap) -> str:
    written = StringIO()
    round_trip().dump(top, written)
    return written.getvalue()
