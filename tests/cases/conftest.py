"""Collects the cases in *.yaml: a sentence a reviewer can check, an order, what must come out.

A case holds `name`, `expect` and either `as_of` with `order`, or `calc` with `input`. It may hold
`rules` (figures an operator entered, by room and name), `workdays` (years of an override file),
`what_if`, and `known_failure` (why it fails until it is repaired). Comments name the facts tested.
Of `expect`, a member `not_reasons` names what must not be among the reasons. `says`,
`amounts_say` and `not_says` are words that the card or its 金额明细 must, or must not, hold (zh).
`explained_by` is the answer that is shown when the creator asks why.
An error is expected as a whole. Of each diagnosis, the amounts must add up line by line.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.desk.cards import Judged, diagnosis_text
from bot.desk.details import amounts
from bot.desk.explained import nearest
from bot.desk.markup import plain
from bot.desk.rendering import Voice
from knowledge.loader import shipped_knowledge
from settlement.calculators import CalculationError, calculate
from settlement.contract import OrderError, diagnosis_json, read_order
from settlement.diagnosis import Diagnosis, diagnose
from settlement.money import ZERO
from settlement.rulebook import Rulebook, overlay_rulebook, shipped_rulebook
from settlement.waterfall import LINES, Amounts
from settlement.what_if import what_if
from tests.cases.textual import textual

KEYS = {
    "name",
    "as_of",
    "order",
    "calc",
    "input",
    "expect",
    "rules",
    "workdays",
    "what_if",
    "known_failure",
}


class CaseFailed(AssertionError):
    """A case whose outcome differs; the message is the whole report."""


class CaseFile(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        for case in textual(self.path) or []:
            unknown = set(case) - KEYS
            if unknown:
                raise self.CollectError(f"{case.get('name')}: unknown keys {sorted(unknown)}")
            yield Case.from_parent(self, name=case["name"], case=case)


class Case(pytest.Item):
    def __init__(self, *, case: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case
        if "known_failure" in case:
            self.add_marker(pytest.mark.xfail(reason=case["known_failure"], strict=True))

    def runtest(self) -> None:
        differences = list(compare(self.case["expect"], outcome(self.case), ""))
        if differences:
            raise CaseFailed("; ".join(differences))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseFailed):
            return f"{self.name}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> CaseFile | None:
    if file_path.suffix == ".yaml" and file_path.parent == Path(__file__).parent:
        return CaseFile.from_parent(parent, path=file_path)
    return None


def outcome(case: Mapping[str, Any]) -> object:
    """What comes out, as JSON."""
    rulebook = rules_of(case)
    if "calc" in case:
        result = calculate(case["calc"], case["input"], rulebook)
        return _error(result) if isinstance(result, CalculationError) else result
    order = read_order(case["order"])
    if isinstance(order, OrderError):
        return _error(order)
    now = datetime.fromisoformat(case["as_of"])
    if "what_if" in case:
        order, now = what_if(order, now, **_supposed(case["what_if"]))
    diagnosis = diagnose(order, rulebook, now)
    _check_lines(diagnosis.amounts)
    said = {**diagnosis_json(diagnosis), **_words(diagnosis, now)}
    return said | _explained(diagnosis) if "explained_by" in case["expect"] else said


def _check_lines(amounts: Amounts) -> None:
    codes = [line.code for line in amounts.lines]
    if codes != sorted(codes, key=LINES.index):
        raise CaseFailed(f"the lines stand in another order: {codes}")
    summed = amounts.lines[codes.index("commission") : -1] if "commission" in codes else ()
    left = sum((line.amount for line in summed), ZERO)
    if amounts.taken_beyond < 0 or amounts.later_taken < 0:
        raise CaseFailed(f"less than nothing was taken: {amounts}")
    if summed and codes[-1] == "net" and not left == amounts.lines[-1].amount == amounts.net:
        raise CaseFailed(f"{summed} come to {left}, and {amounts.net} is left")


def _words(diagnosis: Diagnosis, now: datetime) -> dict[str, object]:
    """What the bot says, for the words a case may ask for."""
    card = diagnosis_text(diagnosis, diagnosis.order, "zh", now)
    details = plain(amounts(Voice("zh", now), Judged(0, diagnosis.order, diagnosis)))
    return {"says": card, "amounts_say": details}


def _explained(diagnosis: Diagnosis) -> dict[str, object]:
    entry = nearest(shipped_knowledge(), Judged(0, diagnosis.order, diagnosis))
    return {"explained_by": entry and entry.id}


def _supposed(texts: Mapping[str, str]) -> dict[str, Any]:
    """What a case supposes, read as `received` and `refund` are on the command line."""
    readers: dict[str, Callable[[str], Any]] = {
        "received": datetime.fromisoformat,
        "refund": Decimal,
    }
    return {name: readers[name](text) for name, text in texts.items()}


def _error(error: OrderError | CalculationError) -> object:
    return {"error": {"field": error.field, "message": error.message}}


def rules_of(case: Mapping[str, Any]) -> Rulebook:
    """The shipped rules under the figures and years the case gives an operator."""
    texts = {}
    if "rules" in case:
        entries = {
            f"{room}.{name}": {"effective": "unknown", "values": {"2000-01-01": figure}}
            for room, figures in case["rules"].items()
            for name, figure in figures.items()
        }
        texts["operator.yaml"] = _written(entries).replace("'2000-01-01'", "2000-01-01")
    if "workdays" in case:
        texts["workdays.yaml"] = _written({"years": case["workdays"]})
    return overlay_rulebook(shipped_rulebook(), texts) if texts else shipped_rulebook()


def _written(content: object) -> str:
    stream = StringIO()
    YAML(typ="safe", pure=True).dump(content, stream)
    return stream.getvalue()


def compare(expected: object, actual: object, place: str) -> Iterator[str]:
    """Name each difference; members and elements that are not expected are let pass."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            inner = f"{place}.{name}" if place else str(name)
            if name.startswith("not_"):
                yield from absent(value, actual[name.removeprefix("not_")], inner)
            elif name not in actual:
                yield f"{inner}: expected {value}, and there is no such member"
            else:
                yield from compare(value, actual[name], inner)
    elif isinstance(expected, list) and isinstance(actual, list):
        if not expected and actual:
            yield f"{place}: expected nothing, got {actual}"
        for value in expected:
            if not any(not list(compare(value, item, "")) for item in actual):
                yield f"{place}: expected {value} among {actual}"
    elif place in {"says", "amounts_say"} and isinstance(expected, list):
        yield from (
            f"{place}: no {words} in {actual}" for words in expected if words not in str(actual)
        )
    elif expected != actual or type(expected) is not type(actual):
        yield f"{place or 'outcome'}: expected {expected}, got {actual}"


def absent(unwanted: list[object], actual: Any, place: str) -> Iterator[str]:
    for value in unwanted:
        if value in actual:
            yield f"{place}: {value} is there: {actual}"
