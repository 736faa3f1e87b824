"""What each module of settlement offers by name is there."""

from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
OFFERING = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "settlement").rglob("*.py")
    if "\n__all__ = " in path.read_text("utf-8")
)


@pytest.mark.parametrize("name", OFFERING)
def test_what_is_offered_is_there(name: str) -> None:
    module = import_module(name)
    assert set(module.__all__) <= set(vars(module))


def test_the_ways_in_are_among_them() -> None:
    assert {"settlement.diagnosis", "settlement.order_number", "settlement.rulebook"} <= {
        *OFFERING
    }
