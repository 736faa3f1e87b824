"""The programs that check the files in deploy/; without one its tests are skipped, loudly."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"

Check = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def check() -> Check:
    """Run a program that checks files."""

    def run(program: str, *words: str | Path) -> "subprocess.CompletedProcess[str]":
        beside = Path(sys.executable).parent / program
        found = str(beside) if beside.exists() else shutil.which(program)
        if found is None:
            pytest.skip(f"{program} is not installed: pip install 'mingzhang[deployment]'")
        return subprocess.run(  # noqa: S603
            [found, *map(str, words)], capture_output=True, text=True, check=False
        )

    return run


def documents(file: Path) -> list[Any]:
    """What stands in a YAML file."""
    return [each for each in yaml.safe_load_all(file.read_text("utf-8")) if each is not None]
