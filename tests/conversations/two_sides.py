"""Playing a dialogue over HTTP, with the operator's people on the other side.

`operators` names them and makes a dialogue one of these; `topics: false` gives their group no
forum, `operator_chat` is one of them instead of a group, `anonymous: false` shows their names, and
`admins` are those of them who may do everything in private too. A step is one thing somebody does:

  says: text               in private; operators in the newest topic; `in_group: true` in a group,
                           `in_general: true` outside of all topics, `alone: true` in private
  replies_to: words        the newest message with these words is answered by what is said
  sends: photo             or file, with `caption`; or a report, {name: …, content: …}
  edits: words, into: text changes the newest message with these words
  taps: label              presses a button of the newest message that has it, where one writes;
                           `of_message: words` of the newest that has these words too
  types: text              after the bot's name, in any chat (inline)
  blocks: true             the bot; `unblocks: true` lets it in again
  removes_bot: true        from the group
  deletes_topic: true      the newest one
  later: instant           time passes
  restarts: true           the bot is stopped and started again

  private, private_changes the bot's new and changed messages in the chat of the one on whom it is
  staff, staff_changes     in the operator's chat; `group`, `group_changes` in the group;
                           `admin`, `admin_changes` in the private chat of the first of `admins`
  toast, results           the words at a press; the answers to an inline query

Messages are expected as in the other dialogues. What is not mentioned must not happen.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.simulator.messages import Message
from tests.conversations.expecting import expect_message, expect_texts, messages_told
from tests.conversations.playing import Mismatch
from tests.conversations.staging import GROUP, OPERATORS, Stage, labels_of

ACTIONS = (
    "says",
    "sends",
    "edits",
    "taps",
    "types",
    "blocks",
    "unblocks",
    "removes_bot",
    "deletes_topic",
    "later",
    "restarts",
)
HOW = ("who", "in_group", "in_general", "alone", "replies_to", "caption", "into", "of_message")
PLACES = ("private", "staff", "group", "admin")
FOLLOWS = (*PLACES, *(f"{place}_changes" for place in PLACES), "toast", "results")


class TwoSides:
    """One dialogue on its way."""

    def __init__(
        self, told_world: Mapping[str, Any], told: Mapping[str, Any], folder: Path
    ) -> None:
        self.told = told
        self.stage = Stage(told_world, told, folder)
        self.main = self.stage.people[told["with"]]

    def run(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        async with self.stage.open():
            for number, step in enumerate(self.told["steps"], start=1):
                unknown = set(step) - {*ACTIONS, *HOW, *FOLLOWS}
                assert not unknown, f"step {number}: unknown keys {sorted(unknown)}"
                try:
                    await self._act(step)
                    await self.stage.quiet()
                    self._check(step)
                except (AssertionError, TimeoutError) as error:
                    raise Mismatch(f"step {number} {step}: {error}") from None
                self.stage.look()

    async def _act(self, step: Mapping[str, Any]) -> None:
        who = self.stage.people[step.get("who", self.told["with"])]
        crowd, place = self.stage.crowd, self._place(who, step)
        match next(key for key in ACTIONS if key in step):
            case "says":
                reply_to = None
                if "replies_to" in step:
                    reply_to = self.stage.find(place or who, step["replies_to"]).id
                thread = self._thread(place, step)
                crowd.say(who, step["says"], place, thread=thread, reply_to=reply_to)
            case "sends":
                file, thread = self.stage.file(step["sends"]), self._thread(place, step)
                crowd.send(who, file, step.get("caption", ""), place, thread=thread)
            case "edits":
                old = self.stage.find(place or who, step["edits"], by=who)
                crowd.edit(who, old.id, step["into"], place)
            case "taps":
                words = step.get("of_message")
                message = self.stage.find(place or who, step["taps"], with_words=words)
                row, column = button_at(message, step["taps"])
                self.stage.telegram.press(who, message.id, row, column, place)
            case "types":
                crowd.ask_inline(who, step["types"])
            case "blocks" | "unblocks":
                self.stage.telegram.block(who, "blocks" in step)
                crowd.tell_standing(who, who, "kicked" if "blocks" in step else "member")
            case "removes_bot":
                crowd.tell_standing(who, GROUP, "kicked")
            case "deletes_topic":
                self.stage.telegram.groups.delete_topic(OPERATORS, self.stage.topic() or 0)
            case "later":
                self.stage.clock.instant = step["later"]
            case "restarts":
                await self.stage.stop()
                await self.stage.start()

    def _place(self, who: int, step: Mapping[str, Any]) -> int | None:
        if step.get("in_group"):
            return GROUP
        if step.get("alone"):
            return None
        in_staff_group = self.stage.operator_chat == OPERATORS
        return OPERATORS if who in self.told["operators"].values() and in_staff_group else None

    def _thread(self, place: int | None, step: Mapping[str, Any]) -> int | None:
        if place != OPERATORS or step.get("in_general"):
            return None
        return self.stage.topic()

    def _check(self, step: Mapping[str, Any]) -> None:
        chats = {"private": self.main, "staff": self.stage.operator_chat, "group": GROUP}
        if self.stage.admins:
            chats["admin"] = self.stage.admins[0]
        for place, chat in chats.items():
            seen = self.stage.seen(chat)
            expect(place, seen.new, step.get(place))
            expect(f"{place}_changes", seen.changed, step.get(f"{place}_changes"))
            if place == "staff":
                self._check_places(seen.new)
        expect_texts("toast", self.stage.toasts, step.get("toast"))
        expect_texts("results", self.stage.results, step.get("results"))

    def _check_places(self, messages: list[Message]) -> None:
        """Whatever concerns a case stands in its topic, or answers its first message."""
        forum = self.told.get("topics", True)
        for message in messages:
            if forum and self.stage.topic() is not None:
                assert message.thread is not None, f"outside of all topics: {message.content.text}"


def button_at(message: Message, label: str) -> tuple[int, int]:
    rows = (message.markup or {}).get("inline_keyboard", [])
    assert isinstance(rows, list)
    for number, row in enumerate(rows):
        for column, button in enumerate(row):
            if label in button["text"]:
                return number, column
    raise AssertionError(f"no button {label!r}")


def expect(kind: str, messages: list[Message], expected: Any) -> None:
    wanted = messages_told(expected)
    texts = [shown(each) for each in messages]
    assert len(messages) == len(wanted), f"{kind}: {len(messages)} messages: {texts}"
    for message, text, words in zip(messages, texts, wanted, strict=True):
        expect_message(text, labels_of(message), words)


def shown(message: Message) -> str:
    file = f"[{message.document.name}] " if message.document else ""
    answers = "↩" if message.reply_to else ""
    return f"{answers}{file}{message.content.text}"
