"""The threats of threats.yaml: all are there, and the tests they name exist."""

import ast
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
THREATS: list[dict[str, Any]] = YAML(typ="safe").load(
    Path(__file__).with_name("threats.yaml").read_text("utf-8")
)
KEYS = {"number", "threat", "expected", "tests", "lacks"}


def named_in(file: Path) -> set[str]:
    """The tests that pytest would collect from a file, by their names."""
    tree = ast.parse(file.read_text("utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {each.name for each in tree.body if isinstance(each, kinds)}


def test_all_threats_are_there() -> None:
    assert [each["number"] for each in THREATS] == list(range(1, 31))
    assert all(set(each) <= KEYS and each["tests"] for each in THREATS)


@pytest.mark.parametrize("threat", THREATS, ids=lambda each: f"{each['number']}")
def test_what_proves_it_exists(threat: dict[str, Any]) -> None:
    missing = [
        f"{file}::{name}"
        for file, names in threat["tests"].items()
        for name in names
        if not name.startswith("test_") or name not in named_in(ROOT / file)
    ]
    assert missing == []
