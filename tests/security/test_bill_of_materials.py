"""What we are made of (物料清单), as `.ci/audit` writes it, and that the audit must ask."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def canonical(requirement: str) -> str:
    """A package's name, without versions, extras and spelling."""
    name = re.split(r"[\[<>=;~! ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_bill_names_everything_we_depend_on_directly(tmp_path: Path) -> None:
    words = [
        *("-m", "cyclonedx_py", "requirements", str(ROOT / "deploy" / "requirements.txt")),
        *("--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--no-validate"),
    ]
    made = subprocess.run([sys.executable, *words], capture_output=True, check=True)  # noqa: S603
    bill = json.loads(made.stdout)
    named = {canonical(each["name"]) for each in bill["components"]}
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert {canonical(each) for each in told} - named == set()
    assert all(each["version"] for each in bill["components"])
    assert bill["metadata"]["component"]["name"] == "mingzhang"


def test_the_audit_fails_where_nobody_can_be_asked(tmp_path: Path) -> None:
    """A name that no index has stands for an index that cannot be reached."""
    (tmp_path / "pinned.txt").write_text("mingzhang-has-no-such-dependency==1.0\n")
    asked = ["--strict", "--no-deps", "--disable-pip", "--progress-spinner", "off"]
    audit = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pip_audit", *asked, "--requirement", str(tmp_path / "pinned.txt")],
        capture_output=True,
        check=False,
    )
    assert audit.returncode != 0
    script = (ROOT / ".ci" / "audit").read_text("utf-8")
    assert all(word in script for word in asked[:3])
    assert "|| true" not in script
