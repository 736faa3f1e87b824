"""What README shows of a command's output is what the command says."""

import re
import shlex
from pathlib import Path

import pytest

from tests.command_line import Run

PAGE = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SHOWN = re.findall(
    r"^```console\n\$ mingzhang ([^\n]+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE
)
LEFT_OUT = "…"


def test_something_is_shown() -> None:
    assert len(SHOWN) == 2


@pytest.mark.parametrize(("command", "shown"), SHOWN)
def test_a_command_says_what_is_shown(run: Run, command: str, shown: str) -> None:
    (order_line,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    Path("orders.jsonl").write_text(order_line, "utf-8")
    status, out, complaints = run(*shlex.split(command))
    assert (status, complaints) == (0, [])
    wanted = [line for line in shown.splitlines() if line != LEFT_OUT]
    assert [line for line in out.splitlines() if line in wanted] == wanted
