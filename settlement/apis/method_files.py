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
from datetime import date, timedelta
from typing import Any

from settlement.apis.members import READERS, MemberReader
from settlement.apis.methods import ApiMethod, Figures, Interface, ReadRow
from settlement.apis.refusals import RefusalCodes
from settlement.apis.rows import Member, RowReader, member, nothing_to_add
from settlement.apis.values import Credentials, RefusalKind
from settlement.combining import Rows
from settlement.model import (
    BalanceChange,
    Order,
    Platform,
    RawStatus,
    Refund,
    SettlementPhase,
)
from settlement.yaml_text import RuleFileError, load, mapping, one_text, only, texts

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
_FACTS = frozenset(
    {
        *(each.name for each in fields(Order)),
        *(f"raw_status.{each.name}" for each in fields(RawStatus)),
        *(f"refunds[].{each.name}" for each in fields(Refund)),
        *(f"settlements[].{each.name}" for each in fields(SettlementPhase)),
        *(f"balance_changes[].{each.name}" for each in fields(BalanceChange)),
    }
)
_KEYS_OF_A_CALLER = frozenset(each.name for each in fields(Credentials))


def read_methods(
    text: str, file: str, platform: Platform, interface: Interface
) -> tuple[ApiMethod, ...]:
    """Read the text of an ``api.yaml``.

    Raises:
        RuleFileError: names the file, the place in it, the cause and the remedy.
    """
    top = mapping(load(text, file), file, "the whole file")
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
    codes: dict[str, str] = {}
    words: dict[str, str] = {}
    kinds = [kind.value for kind in RefusalKind]
    for name, entry_raw in mapping(raw, file, "refusals").items():
        place = f"refusals.{name}"
        if name not in kinds:
            remedy = f"use one of {', '.join(kinds)}"
            raise RuleFileError(file, place, "is no kind of refusal", remedy)
        entry = mapping(entry_raw, file, place)
        only(entry, _REFUSAL_KEYS, file, place)
        for key, found in (("codes", codes), ("words", words)):
            for each in texts(entry.get(key) or [], file, f"{place}.{key}"):
                if found.setdefault(each.lower() if key == "words" else each, name) != name:
                    raise RuleFileError(file, place, f"{each} stands twice", "keep one of them")
    return RefusalCodes(
        {code: RefusalKind(kind) for code, kind in codes.items()},
        {word: RefusalKind(kind) for word, kind in words.items()},
    )


def _method(name: str, raw: object, file: str, shared: Mapping[str, Any]) -> ApiMethod:
    place = f"methods.{name}"
    entry = mapping(raw, file, place)
    only(entry, _METHOD_KEYS, file, place)
    for required in sorted(_METHOD_KEYS - entry.keys()):
        remedy = (
            "every method says all of its limits, where they are from and when that was checked"
        )
        raise RuleFileError(file, f"{place}.{required}", "is missing", remedy)
    _check_day(entry["last_checked"], file, f"{place}.last_checked")
    written = {key: one_text(entry[key], file, f"{place}.{key}") for key in _TEXTS}
    return ApiMethod(
        name=name,
        title=written["title"],
        version=written["version"],
        time_type=written["time_type"],
        figures=_figures(entry, written["asks_by"], file, place),
        read=_row_reader(name, entry, file, place, shared),
        **shared,
    )


def _check_day(raw: object, file: str, place: str) -> None:
    if type(raw) is not date:
        raise RuleFileError(file, place, f"{raw} is not a day", "write it as 2026-11-22")


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
    name: str, entry: Mapping[str, object], file: str, place: str, shared: Mapping[str, Any]
) -> ReadRow:
    interface: Interface = shared["interface"]
    bill = interface.bills.get(name)
    if bill is not None:
        return bill
    kinds = {**READERS, **interface.readers}
    members = dict(_members(entry["members"], file, f"{place}.members", kinds))
    rows = entry["rows"]
    if rows not in [each.value for each in Rows]:
        remedy = f"use one of {', '.join(Rows)}"
        raise RuleFileError(file, f"{place}.rows", f"{rows} is not known", remedy)
    unused = frozenset(texts(entry["unused"], file, f"{place}.unused"))
    complete = interface.complete.get(name, nothing_to_add)
    return RowReader(shared["platform"], members, unused, Rows(rows), complete).read


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
    return member(name, kind, kinds[kind], fact=fact, absent=absent, **words)
