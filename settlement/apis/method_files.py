"""Reading every room's ``api.yaml``: the platform's methods, strict, with errors for its editor.

A file has the `gateway`, what a caller `needs`, where to `renew` a token, the `refusals` by kind
(their `codes`, and `words` for codes that are not listed), and the `methods` by name. A method has
its limits, each as `7d`, `3h` or `20m`, and what the `members` of a row say:

- `field`: the fact of the order (``refunds[].amount`` for a list's), or `creator`: a hint at whose
  it is; `as`: how it is read (`settlement.apis.members`); `also`: other names; `absent`: further
  ways of "nothing there";
- `times`, `checked_by`, `counts_with`, `counts_without`: as in ``columns.yaml``.

`unused` members are known and say nothing about a commission; all others are kept as text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

from settlement.apis.members import READERS, MemberReader
from settlement.apis.methods import ApiMethod, Figures, Interface, ReadRow
from settlement.apis.refusals import RefusalCodes
from settlement.apis.rows import ITEMS, Member, RowReader, nothing_to_add
from settlement.apis.values import Credentials, RefusalKind
from settlement.combining import ALL_STATES, Rows
from settlement.model import Platform
from settlement.yaml_text import (
    RuleFileError,
    mapping,
    one_day,
    one_text,
    one_word,
    only,
    texts,
    whole_mapping,
)

_FILE_KEYS = frozenset({"gateway", "needs", "renew", "refusals", "methods"})
_REFUSAL_KEYS = frozenset({"codes", "words"})
_SPANS = ("window", "narrowest_window", "history", "overlap", "sweep_every", "sweep_back")
_TEXTS = ("title", "source", "version", "time_type", "asks_by")
_COUNTS = ("page_size", "calls_per_second")
_METHOD_KEYS = frozenset(
    {*_SPANS, *_TEXTS, *_COUNTS, "pages_shift", "last_checked", "rows", "members", "unused"}
)
_WORDS = ("field", "creator", "counts_with", "counts_without", "times", "checked_by")
_MEMBER_KEYS = frozenset({*_WORDS, "as", "also", "absent"})
_SPAN = re.compile(r"([1-9][0-9]{0,3})([dhm])", re.ASCII)
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_FACTS = ALL_STATES | {
    f"{name}[].{member.name}" for name, item in ITEMS.items() for member in fields(item)
}
_KEYS_OF_A_CALLER = frozenset(each.name for each in fields(Credentials))


def read_methods(
    text: str, file: str, platform: Platform, interface: Interface
) -> tuple[ApiMethod, ...]:
    """Read the text of an ``api.yaml``.

    Raises:
        RuleFileError: names the file, the place in it, the cause and the remedy.
    """
    top = whole_mapping(text, file)
    only(top, _FILE_KEYS, file, "the whole file")
    methods = mapping(top.get("methods"), file, "methods")
    shared = {
        "platform": platform,
        "gateway": one_text(top.get("gateway"), file, "gateway"),
        "needs": _needs(top.get("needs"), file),
        "renew": one_text(top.get("renew"), file, "renew"),
        "refusals": _refusals(top.get("refusals"), file),
        "interface": interface,
    }
    return tuple(_method(name, raw, file, shared) for name, raw in methods.items())


def _needs(raw: object, file: str) -> tuple[str, ...]:
    needs = texts(raw, file, "needs")
    for name in needs:
        if name not in _KEYS_OF_A_CALLER:
            remedy = f"use some of {', '.join(sorted(_KEYS_OF_A_CALLER))}"
            raise RuleFileError(file, "needs", f"{name} is no key of a caller", remedy)
    return needs


def _refusals(raw: object, file: str) -> RefusalCodes:
    codes: dict[str, RefusalKind] = {}
    words: dict[str, RefusalKind] = {}
    for name, entry_raw in mapping(raw, file, "refusals").items():
        place = f"refusals.{name}"
        kind = one_word(RefusalKind, name, file, place)
        entry = mapping(entry_raw, file, place)
        only(entry, _REFUSAL_KEYS, file, place)
        for key, found in (("codes", codes), ("words", words)):
            for each in texts(entry.get(key) or [], file, f"{place}.{key}"):
                if found.setdefault(each.lower() if key == "words" else each, kind) is not kind:
                    raise RuleFileError(file, place, f"{each} stands twice", "keep one of them")
    return RefusalCodes(codes, words)


def _method(name: str, raw: object, file: str, shared: Mapping[str, Any]) -> ApiMethod:
    place = f"methods.{name}"
    entry = mapping(raw, file, place)
    only(entry, _METHOD_KEYS, file, place)
    for required in sorted(_METHOD_KEYS - entry.keys()):
        remedy = (
            "every method says all of its limits, where they are from and when that was checked"
        )
        raise RuleFileError(file, f"{place}.{required}", "is missing", remedy)
    one_day(entry["last_checked"], file, f"{place}.last_checked")
    written = {key: one_text(entry[key], file, f"{place}.{key}") for key in _TEXTS}
    kinds = {**READERS, **shared["interface"].readers}
    members = dict(_members(entry["members"], file, f"{place}.members", kinds))
    return ApiMethod(
        name=name,
        title=written["title"],
        version=written["version"],
        time_type=written["time_type"],
        figures=_figures(entry, written["asks_by"], file, place),
        hints={each: known.creator for each, known in members.items() if known.creator},
        read=_row_reader(name, entry, file, place, members, shared),
        **shared,
    )


def _figures(entry: Mapping[str, object], asks_by: str, file: str, place: str) -> Figures:
    spans = {key: _span(entry[key], file, f"{place}.{key}") for key in _SPANS}
    for key in ("overlap", "sweep_every", "sweep_back"):
        if spans[key] is None:
            raise RuleFileError(file, f"{place}.{key}", "is not known", "choose one, such as 1h")
    counts = {key: _count(entry[key], file, f"{place}.{key}") for key in _COUNTS}
    shift = entry["pages_shift"]
    if not isinstance(shift, bool):
        remedy = "write true or false"
        raise RuleFileError(file, f"{place}.pages_shift", f"{shift} is neither", remedy)
    return Figures(
        **counts,  # type: ignore[arg-type]
        **spans,  # type: ignore[arg-type]
        pages_shift=shift,
        asks_by=asks_by,
    )


def _span(raw: object, file: str, place: str) -> timedelta | None:
    if raw == "none":
        return None
    match = _SPAN.fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        remedy = "write 90d, 3h or 20m; none where there is no limit or it is not known"
        raise RuleFileError(file, place, f"{raw} is no span of time", remedy)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _count(raw: object, file: str, place: str) -> int:
    if type(raw) is not int or not 1 <= raw <= 1000:
        raise RuleFileError(file, place, f"{raw} is no count", "write a number from 1 to 1000")
    return raw


def _row_reader(
    name: str,
    entry: Mapping[str, object],
    file: str,
    place: str,
    members: Mapping[str, Member],
    shared: Mapping[str, Any],
) -> ReadRow:
    interface: Interface = shared["interface"]
    bill = interface.bills.get(name)
    if bill is not None:
        return bill
    rows = one_word(Rows, entry["rows"], file, f"{place}.rows")
    unused = frozenset(texts(entry["unused"], file, f"{place}.unused"))
    complete = interface.complete.get(name, nothing_to_add)
    return RowReader(shared["platform"], members, unused, rows, complete).read


def _members(
    raw: object, file: str, place: str, kinds: Mapping[str, MemberReader]
) -> Iterator[tuple[str, Member]]:
    names: set[str] = set()
    for name, settings_raw in mapping(raw, file, place).items():
        where = f"{place}.{name}"
        settings = mapping(settings_raw, file, where)
        found = _one_member(name, settings, file, where, kinds)
        for each in (name, *texts(settings.get("also") or [], file, f"{where}.also")):
            if each in names:
                raise RuleFileError(file, where, f"{each} stands twice", "keep one of them")
            names.add(each)
            yield each, found


def _one_member(
    name: str,
    settings: Mapping[str, object],
    file: str,
    place: str,
    kinds: Mapping[str, MemberReader],
) -> Member:
    only(settings, _MEMBER_KEYS, file, place)
    words = {
        key: one_text(settings[key], file, f"{place}.{key}") for key in _WORDS if key in settings
    }
    for key in ("field", "counts_with", "counts_without", "checked_by"):
        if key in words and words[key] not in _FACTS:
            remedy = "use a field of settlement.model.Order"
            raise RuleFileError(file, place, f"an order has no field {words[key]}", remedy)
    kind = one_text(settings.get("as", "text"), file, f"{place}.as")
    if kind not in kinds:
        remedy = f"use one of {', '.join(kinds)}"
        raise RuleFileError(file, f"{place}.as", f"{kind} is no kind of member", remedy)
    absent = frozenset(texts(settings.get("absent") or [], file, f"{place}.absent"))
    fact = words.pop("field", None)
    return Member(name, kind, kinds[kind], fact, absent=absent, **words)
