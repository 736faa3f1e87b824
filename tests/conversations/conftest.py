"""Runs the dialogues of this folder: what a person does, and every word the bot says back.

A file is a list of dialogues; `world.yaml` holds the people, their orders and binding codes.
A step is one thing the person does and all that follows:

  says: text               types a message (`in_group: true`; `unaddressed: true` in a group)
  taps: label              presses the button whose label has these words, on the newest message
  taps_of: person          presses that person's newest such button, as a forger would
  sends_button: token      presses a button nobody made
  later: instant           time passes

  bot: …                   the new messages, in their order
  changes: …               what the pressed message became
  toast: words             the words shown at the press
  operator: text           what was kept for the operator
  call: name               names the reply, for `same_as: name`: the same words but for the number

A message is expected by words it has, a list of such words, or
{has: …, lacks: …, buttons: […], no_button: …}. What is not mentioned must not happen.
`who` changes the speaker for one step. Every message must be HTML that Telegram takes.

How well questions are matched is tested elsewhere. Where a dialogue needs a certain outcome,
`understood` gives it for a text: nothing, {answer: entry}, {offer: [entries]},
{ask_platform: [entries]}, {topics: [topics], platform: jd}, or {parts: {text: outcome}}.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.desk.desk import Desk
from bot.desk.facts import BindingCode, Dialogue, Facts, OwnedLine, Scope, Subscription, Wanted
from bot.desk.incoming import Incoming
from bot.desk.markup import plain, units
from bot.desk.replies import (
    Answered,
    BindCreator,
    Button,
    Edit,
    Effect,
    RecordQuestion,
    Say,
    SetLanguage,
    Subscribe,
    Toast,
    Unsubscribe,
)
from bot.desk.snapshot import Snapshot
from bot.simulator.html import parse_html
from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher
from knowledge.outcome import (
    Answer,
    Asked,
    Candidate,
    Choices,
    Clarify,
    Menu,
    Option,
    Outcome,
    Part,
    Unknown,
)
from settlement.contract import read_order
from settlement.model import Order
from settlement.rulebook import shipped_rulebook

FOLDER = Path(__file__).parent
WORLD = "world.yaml"
GROUP = -100200
ACTIONS = ("says", "taps", "sends_button", "later")
HOW = ("who", "taps_of", "in_group", "unaddressed")
WHAT_FOLLOWS = ("bot", "changes", "toast", "operator", "call", "same_as")
STEP_KEYS = frozenset((*ACTIONS, *HOW, *WHAT_FOLLOWS))
DIALOGUE_KEYS = frozenset(("name", "with", "as_of", "steps", "understood", "known_failure"))


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    if file_path.suffix == ".yaml" and file_path.name != WORLD:
        return DialogueFile.from_parent(parent, path=file_path)
    return None


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@cache
def shipped_snapshot() -> Snapshot:
    knowledge, rulebook = shipped_knowledge(), shipped_rulebook()
    return Snapshot(knowledge, Matcher(knowledge), rulebook, rulebook.revision)


class Understanding:
    """The shipped matcher, but for the texts whose outcome a dialogue gives."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def ask(self, text: str, *, topic: str | None = None) -> Asked:
        said = text.strip()
        if said not in self.given:
            return shipped_snapshot().matcher.ask(text, topic=topic)
        told = self.given[said]
        parts = told["parts"] if isinstance(told, dict) and "parts" in told else {said: told}
        return Asked(tuple(Part(part, outcome_told(each)) for part, each in parts.items()))


def outcome_told(told: Any) -> Outcome:
    match told:
        case {"answer": str(entry)}:
            return Answer(entry, 0.9)
        case {"offer": [*entries]}:
            return Choices(tuple(Candidate(str(entry), 0.4, "") for entry in entries))
        case {"ask_platform": [*entries]}:
            knowledge = shipped_snapshot().knowledge
            return Clarify(
                "platform",
                tuple(Option(knowledge[str(e)].platform, str(e), 0.5) for e in entries),
            )
        case {"topics": [*topics]}:
            return Menu(tuple(map(str, topics)), told.get("platform"))
    return Unknown()


class DialogueFile(pytest.File):
    """One file of dialogues."""

    def collect(self) -> Iterator[pytest.Item]:
        for told in read(self.path):
            item: DialogueItem = DialogueItem.from_parent(self, name=told["name"], told=told)
            if "known_failure" in told:
                item.add_marker(pytest.mark.xfail(strict=True, reason=told["known_failure"]))
            yield item


class DialogueItem(pytest.Item):
    """One dialogue."""

    def __init__(self, *, told: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.told = told

    def runtest(self) -> None:
        Play(World(read(FOLDER / WORLD)), self.told).run()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        if isinstance(excinfo.value, Mismatch):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name


class Mismatch(AssertionError):
    """The bot said something else than the dialogue tells."""


@dataclass
class Message:
    """A message of the bot, as it stands in the chat now."""

    id: int
    html: str
    buttons: tuple[Button, ...]


@dataclass
class Person:
    """Somebody who writes to the bot, and what the store keeps of them."""

    user: int
    creators: list[int]
    name: str = ""
    telegram_language: str | None = "zh-hans"
    language: str | None = None
    dialogue: Dialogue = field(default_factory=Dialogue)
    subscriptions: list[Subscription] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


class World:
    """People, order lines and binding codes: the store, as far as a dialogue needs it."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        names: list[str] = told["creators"]
        self.creator_names = dict(enumerate(names, start=1))
        creators = {name: number for number, name in self.creator_names.items()}
        self.people = {
            name: Person(
                user=each["user"],
                creators=[creators[creator] for creator in each["creators"]],
                name=each.get("first_name", ""),
                telegram_language=each.get("telegram_language", "zh-hans"),
            )
            for name, each in told["people"].items()
        }
        self.codes = {
            code: BindingCode(
                creators[each["creator"]], each["creator"], each["expires_at"], each["used"]
            )
            for code, each in told["codes"].items()
        }
        self.lines = [
            OwnedLine(row, creators[each["creator"]], order_of(each["order"]), each["updated_at"])
            for row, each in enumerate(told["lines"], start=1)
        ]

    def facts(self, person: Person, wanted: Wanted) -> Facts:
        theirs = [line for line in self.lines if line.creator in person.creators]
        rows = set(wanted.rows)
        if wanted.remembered:
            rows |= {*person.dialogue.rows, person.dialogue.row or 0}
        if wanted.subscriptions:
            rows |= {each.row or 0 for each in person.subscriptions}
        latest = sorted(theirs, key=lambda line: line.updated_at, reverse=True)
        return Facts(
            language=person.language or "zh",
            creators=tuple(person.creators),
            creator_names=tuple(self.creator_names[each] for each in person.creators),
            dialogue=person.dialogue,
            lines=tuple(
                line
                for line in theirs
                if line.row in rows or numbers_of(line.order) & set(wanted.numbers)
            ),
            own_lines=tuple(latest[: wanted.own_lines]),
            subscriptions=tuple(person.subscriptions) if wanted.subscriptions else (),
            binding_code=self.codes.get(wanted.binding_code or ""),
            first_contact=person.language is None,
        )

    def apply(self, person: Person, effect: Effect, now: datetime) -> None:
        match effect:
            case SetLanguage(language):
                person.language = language
            case BindCreator(code):
                person.creators.append(self.codes[code].creator)
                offered = self.codes[code]
                self.codes[code] = BindingCode(
                    offered.creator, offered.creator_name, offered.expires_at, used=True
                )
            case Subscribe(scope, row):
                self.apply(person, Unsubscribe(scope, row), now)
                person.subscriptions.append(Subscription(1, person.user, scope, row, now))
            case Unsubscribe(scope, row):
                person.subscriptions = [
                    each
                    for each in person.subscriptions
                    if (each.scope, each.row) != (scope, row) and scope is not Scope.EVERYTHING
                ]
            case RecordQuestion():
                pass


class Play:
    """One dialogue on its way."""

    def __init__(self, world: World, told: Mapping[str, Any]) -> None:
        self.world = world
        self.told = told
        self.now: datetime = told["as_of"]
        self.called: dict[str, str] = {}
        self.ids = iter(range(1, 1000))
        matcher: Any = Understanding(told.get("understood", {}))
        self.snapshot = replace(shipped_snapshot(), matcher=matcher)

    def run(self) -> None:
        assert set(self.told) <= DIALOGUE_KEYS, f"unknown keys in {sorted(self.told)}"
        for number, step in enumerate(self.told["steps"], start=1):
            unknown = set(step) - STEP_KEYS
            assert not unknown, f"step {number}: unknown keys {sorted(unknown)}"
            try:
                self.step(step)
            except AssertionError as error:
                raise Mismatch(f"step {number} {shown_action(step)}: {error}") from None

    def step(self, step: Mapping[str, Any]) -> None:
        if "later" in step:
            self.now = step["later"]
            return
        person = self.world.people[step.get("who", self.told["with"])]
        incoming = self.incoming(person, step)
        # A desk of its own for every message: nothing may live in it from one to the next.
        desk = Desk(self.snapshot, b"a secret for tests", bot_name="mingzhang_bot")
        facts = self.world.facts(person, desk.wanted(incoming))
        answered = desk.answer(incoming, facts, self.now)
        for effect in answered.effects:
            self.world.apply(person, effect, self.now)
        person.language = person.language or "zh"
        if incoming.private:
            person.dialogue = answered.dialogue
        self.check(person, step, answered)

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
        if "sends_button" in step:
            return Incoming(**common, message=1, button=step["sends_button"], button_query="q")
        owner = self.world.people[step["taps_of"]] if "taps_of" in step else person
        message, button = pressed(owner.messages, step["taps"])
        return Incoming(**common, message=message.id, button=button.token, button_query="q")

    def check(self, person: Person, step: Mapping[str, Any], answered: Answered) -> None:
        said = [reply for reply in answered.replies if isinstance(reply, Say)]
        edits = [reply for reply in answered.replies if isinstance(reply, Edit)]
        toasts = [reply.text for reply in answered.replies if isinstance(reply, Toast)]
        kept = [each.text for each in answered.effects if isinstance(each, RecordQuestion)]
        if "taps" in step or "sends_button" in step:
            assert len(toasts) == 1, "a press must be answered once"
        expect_messages("bot", said, step.get("bot"))
        expect_messages("changes", edits, step.get("changes"))
        expect_texts("toast", [text for text in toasts if text], step.get("toast"))
        expect_texts("operator", kept, step.get("operator"))
        sent: list[Say | Edit] = [*said, *edits]
        for each in sent:
            check_sendable(each)
        self.compare(step, said)
        for reply in said:
            person.messages.append(Message(next(self.ids), reply.html, flat(reply)))
        for edit in edits:
            changed = next(each for each in person.messages if each.id == edit.message)
            changed.html, changed.buttons = edit.html, flat(edit)

    def compare(self, step: Mapping[str, Any], said: list[Say]) -> None:
        words = "\n".join(
            re.sub(r"[0-9-]{6,}", "№", f"{reply.html}{labels(reply)}") for reply in said
        )
        if "call" in step:
            self.called[step["call"]] = words
        if "same_as" in step:
            assert words == self.called[step["same_as"]], f"other words: {words!r}"


def order_of(told: Mapping[str, object]) -> Order:
    order = read_order(told)
    assert isinstance(order, Order), order
    return order


def numbers_of(order: Order) -> set[str | None]:
    return {order.order_number, order.sub_order_number, order.line_id, order.parent_number}


def flat(reply: Say | Edit) -> tuple[Button, ...]:
    return tuple(button for row in reply.buttons for button in row)


def labels(reply: Say | Edit) -> list[str]:
    return [button.label for button in flat(reply)]


def pressed(messages: list[Message], label: str) -> tuple[Message, Button]:
    for message in reversed(messages):
        for button in message.buttons:
            if label in button.label and button.token:
                return message, button
    raise AssertionError(f"no button {label!r}")


def check_sendable(reply: Say | Edit) -> None:
    text = parse_html(reply.html).text
    assert text.strip()
    assert units(text) <= 4096
    for button in flat(reply):
        ways = [way for way in (button.token, button.copy_text, button.url) if way is not None]
        assert len(ways) == 1, f"button {button.label!r} must do exactly one thing"
        assert button.label.strip()
        assert button.token is None or len(button.token.encode()) <= 64
        assert button.copy_text is None or 1 <= len(button.copy_text) <= 256


def expect_texts(kind: str, texts: list[str], expected: Any) -> None:
    wanted = [] if expected is None else expected if isinstance(expected, list) else [expected]
    assert len(texts) == len(wanted), f"{kind}: {texts}, expected {wanted}"
    for text, words in zip(texts, wanted, strict=True):
        assert words in text, f"{kind}: {text!r} lacks {words!r}"


def expect_messages(kind: str, replies: Iterable[Say | Edit], expected: Any) -> None:
    replies = list(replies)
    wanted = messages_told(expected)
    shown = "\n---\n".join(f"{plain(each.html)}\n{labels(each)}" for each in replies)
    assert len(replies) == len(wanted), f"{kind}: {len(replies)} messages:\n{shown}"
    for reply, words in zip(replies, wanted, strict=True):
        expect_message(plain(reply.html), labels(reply), words)


def messages_told(expected: Any) -> list[Mapping[str, Any]]:
    """One message as words, a list of words or a mapping; several as a list of mappings."""
    if expected is None:
        return []
    if isinstance(expected, list) and all(isinstance(each, dict) for each in expected):
        return expected
    return [expected if isinstance(expected, dict) else {"has": expected}]


def expect_message(text: str, buttons: list[str], words: Mapping[str, Any]) -> None:
    said = f"the message\n{text}\n{buttons}\n"
    assert set(words) <= {"has", "lacks", "buttons", "no_button"}, f"unknown keys in {words}"
    for each in listed(words.get("has")):
        assert each in text, f"{said}lacks {each!r}"
    for each in listed(words.get("lacks")):
        assert each not in text, f"{said}has {each!r}"
    for each in listed(words.get("buttons")):
        assert any(each in label for label in buttons), f"{said}has no button {each!r}"
    for each in listed(words.get("no_button")):
        assert not any(each in label for label in buttons), f"{said}has a button {each!r}"


def listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def shown_action(step: Mapping[str, Any]) -> str:
    return next(f"{key}: {step[key]}" for key in ACTIONS if key in step)
