"""What using the package costs: what is imported when, and what is kept in memory."""

import subprocess
import sys

from settlement.explanations import Explanation, Explanations

SLOW = ("ruamel.yaml", "holidays", "chinese_calendar", "pydantic", "sqlalchemy", "telegram")


def imported_with(*modules: str) -> list[str]:
    program = f"import {', '.join(modules)}, sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)  # noqa: S603
    return run.stdout.decode().split()


def test_calendars_and_readers_are_imported_on_first_use() -> None:
    modules = imported_with(
        *("settlement", "settlement.contract", "settlement.diagnosis", "settlement.calculators"),
        *("settlement.summary", "settlement.comparison", "settlement.rulebook"),
    )
    assert "settlement.diagnosis" in modules
    assert not set(SLOW) & set(modules)


def test_combinations_of_words_are_not_remembered_without_end() -> None:
    explanations = Explanations({("reasons", "r1"): Explanation(facts=("F-1",))})
    for number in range(10_010):
        said = ((), (), (f"r{number}",), (), (), ())
        explanations.of(said)
    assert len(explanations._together) == 10
    assert explanations.of(((), (), ("r1",), (), (), ())).facts == ("F-1",)
