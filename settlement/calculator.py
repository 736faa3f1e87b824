"""What a calculator is: a name, its facts, the members it reads, and what it computes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from settlement.reading import Reader, Unreadable, members
from settlement.rulebook import Figure, Rulebook, RuleUnknownError

Given = Mapping[str, Any]
"""What was read, by member; a member that may be null and is, or is absent, is None."""
LATEST = date.max
"""For questions without a date: the rules as they are now."""


@dataclass(frozen=True, slots=True)
class Calculator:
    """One calculator (计算器)."""

    name: str
    facts: tuple[str, ...]
    readers: Mapping[str, Reader]
    compute: Callable[[Given, Rulebook], dict[str, object]]
    nullable: frozenset[str] = frozenset()

    def read(self, raw: Mapping[str, object]) -> Given:
        """Read the members. Raises Unreadable."""
        for name in raw:
            if name not in self.readers:
                known = "、".join(self.readers)
                raise Unreadable(f"{self.name} 没有这一项；可以写 {known}", name)
        given = members(raw, self.readers)
        for name in self.readers:
            if name not in given and name not in self.nullable:
                raise Unreadable(f"缺少这一项；{self.name} 需要它", name)
        return {name: given.get(name) for name in self.readers}


def figure(rulebook: Rulebook, name: str, day: date = LATEST) -> Any:
    """Return a rule's figure. Raises RuleUnknownError where an operator removed it."""
    found: Figure | None = rulebook.value(name, day).figure
    if found is None:
        raise RuleUnknownError(f"{name}: no figure is known; enter it in the operator's rules")
    return found


def yuan(amount: object) -> str:
    """Write an amount in yuan with two places."""
    return f"{amount:.2f}"
