"""Runs the dialogues of this folder: what a person does, and every word the bot says back.

A file is a list of dialogues; `world.yaml` holds the people, their orders and binding codes.
A step is one thing the person does and all that follows:

  says: text               types a message (`in_group: true`; `unaddressed: true` in a group)
  sends: sticker           or photo, voice …, with `caption`, in an `album`
  taps: label              presses the button whose label has these words, on the newest message
  taps_of: person          presses that person's newest such button, as a forger would
  sends_button: token      presses a button nobody made
  later: instant           time passes, and reminders arrive as they come due
  away_until: instant      the same, but the bot was away meanwhile
  imports: {row, news}     a report says something new of a line of `world.yaml`
  arrives: {creator, order}   a report has a line that is not in `world.yaml`
  holiday: [days]          a calendar is published in which nobody works on these days

  bot: …                   the new messages, in their order
  photo: …                 a picture: its words, and in `holds` what is drawn in it
  document: …              a file: its words, its `name`, and in `holds` what is in it
  changes: …               what the pressed message became
  toast: words             the words shown at the press
  operator: text           what was kept for the operator
  case: words              the cases that are open: number, platform, payout day; "" for none
  told: {person: …}        what others are told meanwhile
  votes: words             what the person thinks of answers: entry, thumb, reason, words
  call: name               names the reply, for `same_as: name`: the same words but for the number

A message is expected by words it has, a list of such words, or
{has: …, lacks: …, buttons: […], no_button: …}. What is not mentioned must not happen.
`who` changes the speaker for one step. Every message must be HTML that Telegram takes.

Each dialogue is played twice: on the desk and the real store, where a failure is easy to read,
and by the whole bot over HTTP against the emulator (`over_http.py`). One with `operators` has
people on both sides and runs over HTTP alone: see `two_sides.py`.

How well questions are matched is tested elsewhere. Where a dialogue needs a certain outcome,
`understood` gives it for a text: nothing, {answer: entry}, {offer: [entries]},
{ask_platform: [entries]}, {topics: [topics], platform: jd}, or {parts: {text: outcome}}.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conversations.over_http import HttpPlay
from tests.conversations.playing import Mismatch, Play
from tests.conversations.two_sides import TwoSides

WORLD = "world.yaml"
Plays = Play | HttpPlay | TwoSides


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    if file_path.suffix == ".yaml" and file_path.name != WORLD:
        return DialogueFile.from_parent(parent, path=file_path)
    return None


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


class DialogueFile(pytest.File):
    """One file of dialogues."""

    def collect(self) -> Iterator[pytest.Item]:
        for told in read(self.path):
            for how in (TwoSides,) if "operators" in told else (Play, HttpPlay):
                yield self._item(told, how)

    def _item(self, told: Mapping[str, Any], how: type[Plays]) -> pytest.Item:
        name = f"{told['name']} (HTTP)" if how is HttpPlay else told["name"]
        item: DialogueItem = DialogueItem.from_parent(self, name=name, told=told, how=how)
        if "known_failure" in told:
            item.add_marker(pytest.mark.xfail(strict=True, reason=told["known_failure"]))
        return item


class DialogueItem(pytest.Item):
    """One dialogue."""

    def __init__(self, *, told: Mapping[str, Any], how: type[Plays], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.told = told
        self.how = how

    def runtest(self) -> None:
        with TemporaryDirectory() as folder:
            self.how(read(self.path.parent / WORLD), self.told, Path(folder)).run()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        if isinstance(excinfo.value, Mismatch):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name
