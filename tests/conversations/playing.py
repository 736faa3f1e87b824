"""Playing one dialogue: each step is done, and all that follows is compared."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.desk.desk import Desk
from bot.desk.effects import RecordQuestion, Tell
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, Button, Document, Edit, Photo, Rearrange, Say, Toast
from tests.conversations.expecting import (
    Message as Sent,
)
from tests.conversations.expecting import (
    expect_files,
    expect_messages,
    expect_texts,
    flat,
    labels,
)
from tests.conversations.understanding import Understanding, shipped_snapshot
from tests.conversations.world import SECRET, Message, Person, World
from tests.desk.sendable import check_reply

GROUP = -100200
ACTIONS = (
    "says",
    "sends",
    "taps",
    "sends_button",
    "later",
    "away_until",
    "imports",
    "arrives",
    "holiday",
)
HOW = ("who", "caption", "album", "taps_of", "in_group", "unaddressed")
WHAT_FOLLOWS = (
    "bot",
    "photo",
    "document",
    "changes",
    "toast",
    "operator",
    "case",
    "call",
    "same_as",
    "told",
    "votes",
)
STEP_KEYS = frozenset((*ACTIONS, *HOW, *WHAT_FOLLOWS))
DIALOGUE_KEYS = frozenset(("name", "with", "as_of", "steps", "understood", "known_failure"))


class Mismatch(AssertionError):
    """The bot said something else than the dialogue tells."""


class Play:
    """One dialogue on its way."""

    def __init__(
        self, told_world: Mapping[str, Any], told: Mapping[str, Any], folder: Path
    ) -> None:
        self.told = told
        self.now: datetime = told["as_of"]
        self.world = World(told_world, folder, lambda: self.now)
        self.called: dict[str, str] = {}
        self.ids = iter(range(1, 1000))
        matcher: Any = Understanding(told.get("understood", {}))
        self.snapshot = replace(shipped_snapshot(), matcher=matcher)

    def run(self) -> None:
        try:
            self._run()
        finally:
            self.world.close()

    def _run(self) -> None:
        assert set(self.told) <= DIALOGUE_KEYS, f"unknown keys in {sorted(self.told)}"
        for number, step in enumerate(self.told["steps"], start=1):
            unknown = set(step) - STEP_KEYS
            assert not unknown, f"step {number}: unknown keys {sorted(unknown)}"
            try:
                self.step(step)
            except AssertionError as error:
                raise Mismatch(f"step {number} {shown_action(step)}: {error}") from None

    def step(self, step: Mapping[str, Any]) -> None:
        person = self.world.people[step.get("who", self.told["with"])]
        if not {"says", "sends", "taps", "sends_button"} & step.keys():
            self.pass_time(step)
            self.check(person, step, Answered(tuple(self.world.pushes(person))))
            return
        incoming = self.incoming(person, step)
        # A desk of its own for every message: nothing may live in it from one to the next.
        desk = Desk(lambda: self.snapshot, SECRET, "mingzhang_bot", operators=self.world.operators)
        facts = self.world.facts(incoming, desk.wanted(incoming))
        answered = desk.answer(incoming, facts, self.now)
        self.world.write(incoming, facts, answered)
        self.check(person, step, answered)

    def pass_time(self, step: Mapping[str, Any]) -> None:
        """Let the bot work until an instant, or be away until then; or let something happen."""
        if "later" in step:
            while (following := self.world.next_instant()) <= step["later"]:
                self.now = following
                self.world.plan()
        self.now = step.get("later", step.get("away_until", self.now))
        happen(self.world, step)
        self.world.plan()

    def incoming(self, person: Person, step: Mapping[str, Any]) -> Incoming:
        private = not step.get("in_group", False)
        common: dict[str, Any] = {
            "update": next(self.ids),
            "user": person.user,
            "chat": person.user if private else GROUP,
            "private": private,
            "addressed": not step.get("unaddressed", False),
            "language_code": person.telegram_language,
            "name": person.name,
        }
        if "says" in step:
            return Incoming(**common, text=step["says"])
        if "sends" in step:
            caption, album = step.get("caption", ""), step.get("album")
            said = Incoming(**common, text=caption, message=next(self.ids), album=album)
            return replace(said, kind=step["sends"])
        if "sends_button" in step:
            return Incoming(**common, message=1, button=step["sends_button"], button_query="q")
        owner = self.world.people[step["taps_of"]] if "taps_of" in step else person
        message, button = pressed(owner.messages, step["taps"])
        return Incoming(**common, message=message.id, button=button.token, button_query="q")

    def check(self, person: Person, step: Mapping[str, Any], answered: Answered) -> None:
        said = [reply for reply in answered.replies if isinstance(reply, Say)]
        photos = [reply for reply in answered.replies if isinstance(reply, Photo)]
        documents = [reply for reply in answered.replies if isinstance(reply, Document)]
        told = [each.reply for each in answered.effects if isinstance(each, Tell)]
        edits = [reply for reply in (*answered.replies, *told) if isinstance(reply, Edit)]
        edits += [
            Edit(each.rearranged, words_of(person, each.rearranged), each.buttons)
            for each in answered.replies
            if isinstance(each, Rearrange)
        ]
        toasts = [reply.text for reply in answered.replies if isinstance(reply, Toast)]
        kept = [each.text for each in answered.effects if isinstance(each, RecordQuestion)]
        if "taps" in step or "sends_button" in step:
            assert len(toasts) == 1, "a press must be answered once"
        expect_messages("bot", said, step.get("bot"))
        expect_files("photo", photos, step.get("photo"))
        expect_files("document", documents, step.get("document"))
        expect_messages("changes", edits, step.get("changes"))
        expect_texts("toast", [text for text in toasts if text], step.get("toast"))
        expect_texts("operator", kept, step.get("operator"))
        if "votes" in step:
            expect_texts("votes", self.world.votes(person), step["votes"] or None)
        if "case" in step:
            expect_texts("case", self.world.open_cases(person), step["case"] or None)
        fresh: list[Sent] = [
            each for each in answered.replies if isinstance(each, Say | Photo | Document)
        ]
        for each in [*fresh, *edits]:
            check_reply(each)
        self.compare(step, said)
        for name, expected in step.get("told", {}).items():
            self.check_pushes(self.world.people[name], expected)
        for reply in fresh:
            person.messages.append(Message(next(self.ids), reply.html, flat(reply)))
        for edit in edits:
            changed = next(each for each in person.messages if each.id == edit.message)
            changed.html, changed.buttons = edit.html, flat(edit)

    def check_pushes(self, person: Person, expected: Any) -> None:
        """Compare what somebody else was told, and put it into their chat."""
        said = self.world.pushes(person)
        expect_messages("told", said, expected)
        for reply in said:
            check_reply(reply)
            person.messages.append(Message(next(self.ids), reply.html, flat(reply)))

    def compare(self, step: Mapping[str, Any], said: list[Say]) -> None:
        words = "\n".join(
            re.sub(r"[0-9-]{6,}", "№", f"{reply.html}{labels(reply)}") for reply in said
        )
        if "call" in step:
            self.called[step["call"]] = words
        if "same_as" in step:
            assert words == self.called[step["same_as"]], f"other words: {words!r}"


def happen(world: World, step: Mapping[str, Any]) -> None:
    """Import or publish what a step tells."""
    if "imports" in step:
        world.change(step["imports"]["row"], step["imports"]["news"])
    if "arrives" in step:
        world.add_line(step["arrives"]["creator"], step["arrives"]["order"])
    if "holiday" in step:
        world.declare_holiday(step["holiday"])


def words_of(person: Person, message: int) -> str:
    return next(each.html for each in person.messages if each.id == message)


def pressed(messages: list[Message], label: str) -> tuple[Message, Button]:
    for message in reversed(messages):
        for button in message.buttons:
            if label in button.label and button.token:
                return message, button
    raise AssertionError(f"no button {label!r}")


def shown_action(step: Mapping[str, Any]) -> str:
    return next(f"{key}: {step[key]}" for key in ACTIONS if key in step)
