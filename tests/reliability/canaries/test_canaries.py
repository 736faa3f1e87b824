"""Each planted mistake is noticed by the check named for it, which passes without the mistake."""

import json
import subprocess
import sys

import pytest

from tests.reliability.canaries.plants import PLANTS
from tests.reliability.canaries.running import ROOT, canaries

NAMES = [each["name"] for each in canaries()]


@pytest.fixture(scope="module")
def caught() -> dict[str, dict[str, object]]:
    """What became of each canary, in a process that loads the program once for all of them."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.reliability", "canaries_run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout, run.stderr
    return {each["name"]: each for each in map(json.loads, run.stdout.splitlines())}


def test_every_mistake_that_can_be_planted_is_in_the_table() -> None:
    assert sorted(NAMES) == sorted(PLANTS)
    assert len(NAMES) >= 12


@pytest.mark.parametrize("name", NAMES)
def test_a_planted_mistake_is_noticed(name: str, caught: dict[str, dict[str, object]]) -> None:
    assert caught[name] == {"name": name, "without": 0, "with": 1, "caught": True}
