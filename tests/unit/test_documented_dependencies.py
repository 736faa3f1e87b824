"""Each dependency of the program has its reason in CONTRIBUTING.md, and its use in the code."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROGRAM = ("bot", "knowledge", "settlement")
OF_THE_PROGRAM = ("postgres", "semantic")
IMPORT = re.compile(r"^\s*(?:from (\w+)[\w.]* import |import (\w+))", re.MULTILINE)
ROW = re.compile(r"^\| `([\w.-]+)` \| (.+) \|$", re.MULTILINE)


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = (project["optional-dependencies"][each] for each in OF_THE_PROGRAM)
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def reasons() -> dict[str, str]:
    section = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("\n## What it stands on\n")[1]
    rows = ROW.findall(section.split("\n## ")[0])
    return {canonicalize_name(name): reason for name, reason in rows}


def imported() -> set[str]:
    """The packages whose modules the program imports; those of the same wheel count as one."""
    texts = (path.read_text("utf-8") for room in PROGRAM for path in (ROOT / room).rglob("*.py"))
    modules = {first or other for text in texts for first, other in IMPORT.findall(text)}
    known = packages_distributions()
    foreign = modules - sys.stdlib_module_names - set(PROGRAM)
    # One that is not installed, as an extra may be, is called as its module.
    named = (known.get(each) or {each} & declared() for each in foreign)
    return {canonicalize_name(name) for names in named for name in names}


def test_each_has_one_line_of_reason() -> None:
    assert set(reasons()) == declared()


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    used = imported()
    assert used <= declared()
    unseen = {name for name, reason in reasons().items() if "not imported" in reason}
    assert declared() - used == unseen
