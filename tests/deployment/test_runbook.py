"""What the runbook tells people to type exists: commands, options, files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli import app
from tests.deployment.conftest import DEPLOY

ROOT = DEPLOY.parent
GUIDES = ("README.md", "deploy/README.md")
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"(?:^|[|&] |-- |bin/|exec bot )mingzhang ([a-z][^|\n#]*)", re.MULTILINE)
FILE = re.compile(r"(?<!exec )(?<!logs )\bdeploy/[\w./-]*[\w]")
MADE_BY_THE_READER = ("deploy/secrets", "deploy/bot.env")


def _commands() -> Iterator[tuple[str, str]]:
    for guide in GUIDES:
        for block in SHELL.findall((ROOT / guide).read_text("utf-8")):
            for words in COMMAND.findall(block):
                yield guide, words.strip()


@pytest.mark.parametrize(("guide", "words"), sorted(set(_commands())))
def test_a_command_that_is_told_exists(guide: str, words: str) -> None:
    command: Any = typer.main.get_command(app)
    for word in words.split():
        if word not in getattr(command, "commands", {}):
            break
        command = command.commands[word]
    assert command.name != "mingzhang", f"{guide}: mingzhang {words}"
    known = {option for each in command.params for option in each.opts}
    told = set(re.findall(r"(?<=\s)--[a-z-]+", words))
    assert told <= known | {"--help"}, f"{guide}: mingzhang {words}"


@pytest.mark.parametrize("guide", GUIDES)
def test_a_file_that_is_named_exists(guide: str) -> None:
    text = (ROOT / guide).read_text("utf-8")
    named = {name for block in SHELL.findall(text) for name in FILE.findall(block)}
    linked = re.findall(r"\]\(([\w./-]+)(?:#[^)]*)?\)", text)
    beside = {str((ROOT / guide).parent.relative_to(ROOT) / each) for each in linked}
    for name in named | beside:
        if not name.startswith(MADE_BY_THE_READER):
            assert Path(ROOT / name).exists(), f"{guide}: {name}"
