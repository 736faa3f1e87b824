"""The files an installation starts from: settings, versions, and what services may do."""

import re
import shutil
import tomllib
from collections.abc import Iterable
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.commands.settings import example
from tests.deployment.conftest import DEPLOY, Check

UNITS = sorted((DEPLOY / "systemd").iterdir())
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
OF_THE_IMAGE = ("postgres", "semantic")


def test_every_setting_stands_in_the_example() -> None:
    written = (DEPLOY / "env.example").read_text("utf-8")
    assert written == example(), "run: mingzhang settings --example > deploy/env.example"


def test_the_image_gets_what_the_program_needs_and_nothing_else() -> None:
    hashed = _pinned("requirements.txt")
    needed = set(_closure(_dependencies()))
    assert needed == set(hashed), "CONTRIBUTING.md says how requirements.txt is made"
    constrained = _pinned("constraints.txt")
    assert hashed == {name: constrained[name] for name in hashed}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-build.txt"])
def test_every_version_has_its_hashes_and_no_file_names_an_index(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    packages = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert all("--hash=sha256:" in each for each in packages)
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, re.MULTILINE)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_knows_every_word_of_a_unit(unit: Path, check: Check, tmp_path: Path) -> None:
    for each in UNITS:
        # The program it starts is not where an installation has it.
        words = re.sub(r"/opt/mingzhang/bin/mingzhang", "/bin/true", each.read_text("utf-8"))
        (tmp_path / each.name).write_text(words, "utf-8")
    checked = check("systemd-analyze", "verify", tmp_path / unit.name)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("name", ["mingzhang.service", "mingzhang-backup.service"])
def test_a_service_may_do_little(name: str, check: Check) -> None:
    """Exposed to at most 1.5 of 10 by systemd's own reckoning."""
    unit = DEPLOY / "systemd" / name
    checked = check("systemd-analyze", "security", "--offline=yes", "--threshold=15", unit)
    assert checked.returncode == 0, checked.stdout[-300:]


def test_what_a_service_is_given_exists() -> None:
    backup = (DEPLOY / "systemd" / "mingzhang-backup.service").read_text("utf-8")
    assert "mingzhang backup" in backup
    assert shutil.which("find") in ("/usr/bin/find", "/bin/find")


def _pinned(name: str) -> dict[str, str]:
    text = (DEPLOY / name).read_text("utf-8")
    return {canonicalize_name(name): version for name, version in PINNED.findall(text)}


def _dependencies() -> list[Requirement]:
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))["project"]
    optional = [each for extra in OF_THE_IMAGE for each in project["optional-dependencies"][extra]]
    return [Requirement(each) for each in [*project["dependencies"], *optional]]


def _closure(requirements: Iterable[Requirement]) -> Iterable[str]:
    """What is needed, and what that needs, as the installed packages say."""
    waiting, seen = [(each, "") for each in requirements], set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        for wanted in ("", *requirement.extras):
            if (requirement.name, wanted) in seen:
                continue
            seen.add((requirement.name, wanted))
            yield canonicalize_name(requirement.name)
            needed = requires(requirement.name) or ()
            waiting.extend((Requirement(each), wanted) for each in needed)
