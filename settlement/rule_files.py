"""Reading rule files: the shipped ones, and the operator's own values laid over them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import PurePosixPath

from settlement import reading
from settlement.platforms import room_names
from settlement.rulebook import Event, Figure, Rule, Unit, Value, Window
from settlement.workdays import Year, read_override
from settlement.yaml_text import (
    RuleFileError,
    load,
    mapping,
    one_day,
    one_text,
    one_word,
    only,
    texts,
    whole_mapping,
)

KEYS = frozenset(
    {
        "description",
        "fact",
        "source",
        "last_checked",
        "effective",
        "unit",
        "judged_by",
        "values",
    }
)
WINDOW_KEYS = frozenset({"name", "from", "to"})
LARGEST_DAY_OF_MONTH = 31
EXAMPLES = {
    **dict.fromkeys(Unit, '"7"'),
    Unit.DAY_OF_MONTH: '"15", at most "31"',
    Unit.YUAN: '"500.00"',
    Unit.RATE: '"0.10" for 10 %',
    Unit.TIME: '"08:00"',
}


@dataclass(frozen=True, slots=True)
class Overlay:
    """What an operator's files say: rules with the operator's values in them, and years."""

    rules: Mapping[str, Rule]
    years: Mapping[int, Year]


def read_rules(text: str, file: str, room: str) -> Iterator[Rule]:
    """Read the rule file of one room (``1688``, ``general``); every key is required."""
    for key, raw in whole_mapping(text, file).items():
        entry = mapping(raw, file, key)
        only(entry, KEYS, file, key)
        for required in sorted(KEYS - entry.keys()):
            remedy = "every figure says what it is, where it is from and when that was checked"
            raise RuleFileError(file, f"{key}.{required}", "is missing", remedy)
        yield _read_rule(f"{room}.{key}", entry, file, key)


def read_overlay(texts_by_path: Mapping[str, str], shipped: Mapping[str, Rule]) -> Overlay:
    """Read an operator's files; from its first day on, an operator's value is the only one."""
    rules: dict[str, Rule] = {}
    years: dict[int, Year] = {}
    for file, text in texts_by_path.items():
        top = _own_entries(text, file)
        if "years" in top:
            years.update(read_override(text, file))
            continue
        for key, raw in top.items():
            name = _name_of(key, file)
            rules[name] = _laid_over(_known(name, shipped, file, key), raw, file, key)
    return Overlay(rules, years)


def figure_places(texts_by_path: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return where an operator's readable files hold which figure: name → file and key."""
    places: dict[str, tuple[str, str]] = {}
    for file, text in texts_by_path.items():
        top = _own_entries(text, file)
        if "years" not in top:
            places |= {_name_of(key, file): (file, key) for key in top}
    return places


def _own_entries(text: str, file: str) -> Mapping[str, object]:
    return mapping(load(text, file) or {}, file, "the whole file")


def _name_of(key: str, file: str) -> str:
    return key if "." in key else f"{_room_of(file, key)}.{key}"


def _room_of(file: str, key: str) -> str:
    path = PurePosixPath(file.replace("\\", "/"))
    rooms = {
        name: room for path, room in room_names().items() for name in (path.split("/")[1], room)
    }
    for name in (path.stem, path.parent.name):
        if name in rooms:
            return rooms[name]
    if path.stem in {"general", "rules"}:
        return "general"
    remedy = f"name the file after its platform ({', '.join(sorted(rooms))}) or write jd.{key}"
    raise RuleFileError(file, key, "belongs to no platform", remedy)


def _known(name: str, shipped: Mapping[str, Rule], file: str, key: str) -> Rule:
    if name in shipped:
        return shipped[name]
    near = next(iter(get_close_matches(name, shipped)), None)
    remedy = f"did you mean {near}?" if near else "see `mingzhang rules` for the figures"
    raise RuleFileError(file, key, f"no figure is called {name}", remedy)


def _laid_over(shipped: Rule, raw: object, file: str, key: str) -> Rule:
    entry = mapping(raw, file, key)
    only(entry, KEYS, file, key)
    if entry.keys() == {"last_checked"}:
        # somebody has looked again, and the shipped figure still holds
        return replace(
            shipped, last_checked=one_day(entry["last_checked"], file, f"{key}.last_checked")
        )
    if "values" not in entry:
        raise RuleFileError(
            file, f"{key}.values", "is missing", "write the value by its first day"
        )
    own = _read_rule(shipped.name, {**_written(shipped), **entry}, file, key)
    if own.unit is not shipped.unit:
        cause = f"{own.unit} is not the unit of this figure"
        raise RuleFileError(file, f"{key}.unit", cause, f"write {shipped.unit} or leave it out")
    first = date.min if own.effective is None else own.days[0]
    kept = [day for day in shipped.days if day < first]
    return replace(
        own,
        effective=own.effective if not kept else shipped.effective,
        days=(*kept, *own.days),
        values=(
            *shipped.values[: len(kept)],
            *(replace(value, from_operator=True) for value in own.values),
        ),
    )


def _written(rule: Rule) -> dict[str, object]:
    """Return what an operator's entry takes over where it says nothing itself."""
    return {
        "description": rule.description,
        "fact": list(rule.facts),
        "source": "operator",
        "last_checked": rule.last_checked,
        "unit": rule.unit.value,
        "judged_by": rule.judged_by.value,
    }


def _read_rule(name: str, entry: Mapping[str, object], file: str, key: str) -> Rule:
    unit = one_word(Unit, entry["unit"], file, f"{key}.unit")
    values = _read_values(entry["values"], unit, file, f"{key}.values")
    return Rule(
        name=name,
        description=one_text(entry["description"], file, f"{key}.description"),
        facts=texts(entry["fact"], file, f"{key}.fact"),
        source=one_text(entry["source"], file, f"{key}.source"),
        last_checked=one_day(entry["last_checked"], file, f"{key}.last_checked"),
        effective=_effective(entry.get("effective", min(values)), min(values), file, key),
        unit=unit,
        judged_by=one_word(Event, entry["judged_by"], file, f"{key}.judged_by"),
        days=tuple(sorted(values)),
        values=tuple(values[day] for day in sorted(values)),
    )


def _effective(raw: object, earliest: date, file: str, key: str) -> date | None:
    if raw == "unknown":
        return None
    if one_day(raw, file, f"{key}.effective") != earliest:
        cause = f"{raw} is not the day of the earliest value"
        raise RuleFileError(file, f"{key}.effective", cause, f"write {earliest} or unknown")
    return earliest


def _read_values(raw: object, unit: Unit, file: str, place: str) -> dict[date, Value]:
    if not isinstance(raw, dict) or not raw:
        remedy = 'write lines such as 2017-12-13: "15"'
        raise RuleFileError(file, place, "has no value by its first day", remedy)
    return {
        one_day(day, file, f"{place}.{day}"): Value(
            _read_figure(figure, unit, file, f"{place}.{day}")
        )
        for day, figure in raw.items()
    }


def _read_figure(raw: object, unit: Unit, file: str, place: str) -> Figure | None:
    if raw is None:
        return None
    if unit is Unit.WINDOWS:
        return _read_windows(raw, file, place)
    if not isinstance(raw, str):
        cause = f"{raw} is not a text"
        raise RuleFileError(file, place, cause, f'write it in quotes: "{raw}"')
    try:
        return _parsed(raw, unit)
    except ValueError:
        cause = f"{raw} is not a figure of the unit {unit}"
        raise RuleFileError(file, place, cause, f"write it as {EXAMPLES[unit]}") from None


def _parsed(raw: str, unit: Unit) -> Figure:
    if unit is Unit.YUAN:
        return reading.money(raw)
    if unit is Unit.RATE:
        return reading.rate(raw)
    if unit is Unit.TIME:
        return datetime.strptime(raw, "%H:%M").time()  # noqa: DTZ007
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 6):
        raise ValueError
    number = int(raw)
    if unit is Unit.DAY_OF_MONTH and not 1 <= number <= LARGEST_DAY_OF_MONTH:
        raise ValueError
    return number


def _read_windows(raw: object, file: str, place: str) -> tuple[Window, ...]:
    if not isinstance(raw, list):
        remedy = 'write a list of {name: 双11, from: "2026-11-01", to: "2026-11-15"}'
        raise RuleFileError(file, place, "is not a list of windows", remedy)
    windows = []
    for item in raw:
        entry = mapping(item, file, place)
        only(entry, WINDOW_KEYS, file, place)
        first = _quoted_day(entry.get("from"), file, f"{place}.from")
        last = _quoted_day(entry.get("to"), file, f"{place}.to")
        if first > last:
            raise RuleFileError(file, place, f"{first} is after {last}", "swap from and to")
        windows.append(Window(one_text(entry.get("name"), file, f"{place}.name"), first, last))
    return tuple(windows)


def _quoted_day(raw: object, file: str, place: str) -> date:
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        remedy = 'write it as "2026-11-01"'
        raise RuleFileError(file, place, f"{raw} is not a day", remedy) from None
