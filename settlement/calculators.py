"""Calculators (计算器): one question about a rule, one answer, by the figures of the rulebook.

Each takes and gives back the JSON of the contract; amounts are yuan, as text. A platform's own
stand in its room.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from settlement.calculator import Calculator
from settlement.model import Platform
from settlement.platforms import folder
from settlement.reading import Unreadable
from settlement.rulebook import Rulebook

__all__ = ["CalculationError", "Calculator", "calculate", "calculators"]


@dataclass(frozen=True, slots=True)
class CalculationError:
    """Why a calculation cannot be done (zh); `field` is None when no member is to blame."""

    field: str | None
    message: str

    def __str__(self) -> str:
        return f"{self.field}：{self.message}" if self.field else self.message


@cache
def calculators() -> dict[str, Calculator]:
    """Return all calculators by name."""
    found: dict[str, Calculator] = {}
    for platform in Platform:
        name = f"settlement.platforms.{folder(platform)}.calculators"
        if find_spec(name):
            found |= {each.name: each for each in import_module(name).CALCULATORS}
    return found


def calculate(
    name: str, raw: Mapping[str, object], rulebook: Rulebook
) -> dict[str, object] | CalculationError:
    """Answer one question by the rulebook, or say which member is wrong, why, and what to do."""
    calculator = calculators().get(name)
    if calculator is None:
        near = next(iter(get_close_matches(name, calculators())), None)
        remedy = f"是不是 {near}？" if near else f"可以写 {'、'.join(calculators())}"
        return CalculationError(None, f"没有叫 {name} 的计算器；{remedy}")
    if not isinstance(raw, Mapping):
        members = "、".join(calculator.readers)
        return CalculationError(None, f"{name} 要一个 JSON 对象 {{…}}；可以写 {members}")
    try:
        return calculator.compute(calculator.read(raw), rulebook)
    except Unreadable as error:
        return CalculationError(error.field, error.message)
