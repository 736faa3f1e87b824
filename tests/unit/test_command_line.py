"""The command line as a new operator meets it: help pages, their examples, and wrong words."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

from bot.cli import app
from tests.command_line import Run
from tests.unit.import_files import results

WRONG = YAML(typ="safe").load((Path(__file__).parent / "wrong_words.yaml").read_text("utf-8"))
REPORT = "平台,订单号\njd,301234567897\n"


def _commands(command: Any = None, path: str = "mingzhang") -> Iterator[tuple[str, Any]]:
    command = command or typer.main.get_command(app)
    for name, each in getattr(command, "commands", {}).items():
        yield f"{path} {name}", each
        yield from _commands(each, f"{path} {name}")


COMMANDS = dict(_commands())


@pytest.mark.parametrize("path", COMMANDS)
def test_a_help_page_says_what_for_in_a_sentence_and_for_every_option(path: str) -> None:
    command = COMMANDS[path]
    assert command.help.strip().endswith(("。", "……", "）。")), command.help
    assert "\n" not in command.help.strip()
    for parameter in command.params:
        if parameter.name != "help":
            assert parameter.help, f"{path} {parameter.name}"


@pytest.mark.parametrize("path", [path for path, each in COMMANDS.items() if each.epilog])
def test_an_example_is_the_command_itself_with_options_it_has(path: str) -> None:
    command = COMMANDS[path]
    assert command.epilog.startswith(f"例：{path}")
    words = shlex.split(command.epilog.removeprefix("例：").partition("；")[0])
    known = {option for each in command.params for option in each.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("path", ["mingzhang", *COMMANDS])
def test_nothing_of_a_help_page_is_cut_off_on_a_narrow_terminal(
    path: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    status, page, _ = run(*path.split()[1:], "--help")
    assert status == 0
    assert [line for line in page.splitlines() if re.search("[^…]… *│$", line)] == []


def test_every_command_has_an_example() -> None:
    groups = {path for path, each in COMMANDS.items() if getattr(each, "commands", None)}
    without = {path for path, each in COMMANDS.items() if not each.epilog}
    assert without <= groups


@pytest.mark.parametrize("wrong", WRONG, ids=[each["words"] for each in WRONG])
def test_wrong_words_are_said_in_one_line(run: Run, wrong: dict[str, str]) -> None:
    Path("x.csv").write_text(REPORT, "utf-8")
    status, _, (said, *more) = run(*shlex.split(wrong["words"]))
    assert (status, more) == (2, [])
    assert said.startswith(wrong["says"])


def test_a_report_whose_name_is_no_utf_8_is_named_as_far_as_it_can_be(run: Run) -> None:
    Path(os.fsdecode(b"\xffx.csv")).write_text(REPORT, "utf-8")
    for words in ((".",), (".", "--json"), (os.fsdecode(b"\xffx.csv"),)):
        status, out, err = run("import", *words)
        assert status == 2
        assert "\ufffdx.csv" in out + "".join(err)


def test_the_folder_one_stands_in_is_called_by_its_name(run: Run) -> None:
    Path("x.csv").write_text(REPORT, "utf-8")
    _, out, _ = run("import", ".", "--json")
    (result,) = results(out)
    assert result["file"] == "reports › x.csv"


PROGRAM = (sys.executable, "-m", "bot", "rules", "--json")
"""Says more than a pipe holds."""
ROOT = Path(__file__).parents[2]


def test_a_reader_that_has_had_enough_ends_the_command_in_peace() -> None:
    with subprocess.Popen(  # noqa: S603 - our own program
        PROGRAM, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        assert command.stdout.read(1) == b"{"
        command.stdout.close()
        assert command.stderr.read() == b""
    assert command.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk always full")
def test_an_output_that_cannot_be_written_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        command = subprocess.run(PROGRAM, cwd=ROOT, stdout=full, stderr=subprocess.PIPE)  # noqa: S603
    (line,) = command.stderr.decode().splitlines()
    assert line == "写不进去（No space left on device）；请检查磁盘空间，再运行一次"
    assert command.returncode == 2
