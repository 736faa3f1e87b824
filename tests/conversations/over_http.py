"""Playing an ordinary dialogue over HTTP: the whole bot against the emulator (见 playing.py).

The steps mean the same as without HTTP; what the bot does is read where people read it. A button
of somebody else's, or one nobody made, is pressed under a message that only looks like the bot's.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.desk.desk import Desk
from bot.simulator.crowd import Crowd
from bot.simulator.demo import DemoServer
from bot.simulator.entities import FormattedText
from bot.simulator.groups import Group
from bot.simulator.messages import Message
from bot.simulator.people import BotAccount
from bot.simulator.people import Person as Account
from bot.simulator.telegram_world import Change
from bot.store.pace import Limits
from bot.store.tables import outbox, unanswered_questions
from bot.telegram.service import Service
from bot.telegram.transport import BotApi
from tests.clocks import StandingClock
from tests.conversations.expecting import expect_texts
from tests.conversations.planning import PlansWhenTold
from tests.conversations.playing import GROUP, Mismatch, happen, shown_action
from tests.conversations.seeing import Seen, as_sent, expect_seen, seen_in
from tests.conversations.staging import AT_ONCE, OPEN, PATIENCE_SECONDS, TOKEN, labels_of
from tests.conversations.two_sides import button_at
from tests.conversations.understanding import Understanding, shipped_snapshot
from tests.conversations.world import SECRET, Person, World

BOT = BotAccount(TOKEN, username="mingzhang_bot")


class HttpWorld(World):
    """The store of a dialogue whose pushes the bot itself plans and sends."""

    def plan(self) -> None:
        """The service does it."""


class HttpPlay:
    """One dialogue on its way."""

    def __init__(
        self, told_world: Mapping[str, Any], told: Mapping[str, Any], folder: Path
    ) -> None:
        self.told = told
        self.clock = StandingClock(told["as_of"])
        self.world = HttpWorld(told_world, folder, self.clock.now)
        accounts = [
            Account(each.user, each.name, language_code=each.telegram_language)
            for each in self.world.people.values()
        ]
        self.planner = PlansWhenTold(self.world.planner)
        self.server = DemoServer(TOKEN, accounts, self.clock)
        self.telegram = self.server.world
        self.telegram.bot = BOT
        self.telegram.groups.add(Group(GROUP, "带货群"))
        self.crowd = Crowd(self.telegram)
        matcher: Any = Understanding(told.get("understood", {}))
        self.snapshot = replace(shipped_snapshot(), matcher=matcher)
        self.called: dict[str, str] = {}
        self.toasts: list[str] = []
        self.pressed = False
        self.revision = 0
        self.known: set[tuple[int, int]] = set()
        self.kept = 0
        self.telegram.listen(self._notice)

    def run(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        try:
            async with self.server:
                service = self._service()
                await service.start()
                try:
                    await self._serve(service)
                finally:
                    await service.stop()
        finally:
            self.world.close()

    def _service(self) -> Service:
        return Service(
            engine=self.world.engine,
            api=BotApi(self.server.url, TOKEN),
            desk_for=lambda name: Desk(
                lambda: self.snapshot, SECRET, name, operators=self.world.operators
            ),
            planner=self.planner,
            now=self.clock.now,
            limits=Limits(AT_ONCE, AT_ONCE, timedelta()),
        )

    async def _serve(self, service: Service) -> None:
        await self._greet_operators()
        for number, step in enumerate(self.told["steps"], start=1):
            try:
                await self._step(service, step)
            except (AssertionError, TimeoutError) as error:
                raise Mismatch(f"step {number} {shown_action(step)}: {error}") from None

    async def _greet_operators(self) -> None:
        """A bot may write only to people who wrote to it."""
        for user in self.world.operators.people:
            self.crowd.say(user, "/cancel")
        await self._quiet()
        self._look()

    async def _step(self, service: Service, step: Mapping[str, Any]) -> None:
        person = self.world.people[step.get("who", self.told["with"])]
        place = GROUP if step.get("in_group") else None
        self.pressed = False
        if {"says", "sends", "taps", "sends_button"} & step.keys():
            self._act(person, place, step)
        else:
            await self._pass_time(service, step)
        await self._quiet()
        self._check(person, place or person.user, step)
        self._look()
        # Instead of waiting for the second that looks what is new; seen at the next step.
        await self.planner.now(service)
        await self._quiet()

    def _act(self, person: Person, place: int | None, step: Mapping[str, Any]) -> None:
        if step.get("says", "").strip():
            self._say(person.user, place, step)
        elif "says" in step:
            # No client sends nothing; the bot must bear it all the same.
            self._send(person.user, place, {"text": step["says"]})
        elif "sends" in step:
            self._send(person.user, place, as_sent(step, BOT))
        elif "sends_button" in step:
            self._press_made_up(person.user, place, step["sends_button"])
        else:
            self._tap(person, place, step)

    def _say(self, user: int, place: int | None, step: Mapping[str, Any]) -> None:
        text = step["says"]
        addressed = place is None or step.get("unaddressed") or text.startswith("/")
        named = text if addressed or f"@{BOT.username}" in text else f"@{BOT.username} {text}"
        self.crowd.say(user, named, place)

    def _send(self, user: int, place: int | None, content: Mapping[str, object]) -> None:
        """Send what the emulator has no form of, as Telegram would bring it."""
        person = self.telegram.people[user]
        chat = self._group() if place else person
        # A bot may write only where something was written.
        beginning = self.telegram.post(chat, BOT.as_user(), FormattedText("…"))
        self._look()
        self.telegram.queue(
            "message",
            {
                "message_id": beginning.id,
                "from": person.as_user(),
                "chat": chat.as_chat(),
                "date": int(self.clock.instant.timestamp()),
                **content,
            },
        )

    def _group(self) -> Group:
        return next(each for each in self.telegram.groups if each.id == GROUP)

    def _tap(self, person: Person, place: int | None, step: Mapping[str, Any]) -> None:
        self.pressed = True
        owner = self.world.people[step["taps_of"]] if "taps_of" in step else person
        first, second = (GROUP, owner.user) if place else (owner.user, GROUP)
        message = self._find(first, step["taps"]) or self._find(second, step["taps"])
        assert message is not None, f"no button {step['taps']!r}"
        chat = int(str(message.chat["id"]))
        row, column = button_at(message, step["taps"])
        if chat == (place or person.user):
            self.telegram.press(person.user, message.id, row, column, place)
        else:
            rows: Any = (message.markup or {})["inline_keyboard"]
            self._press_made_up(person.user, place, rows[row][column]["callback_data"])

    def _press_made_up(self, user: int, place: int | None, token: str) -> None:
        """Press a button that the bot never put there, as a client of one's own can."""
        self.pressed = True
        chat = self._group() if place else self.telegram.people[user]
        markup: Any = {"inline_keyboard": [[{"text": "?", "callback_data": token}]]}
        decoy = self.telegram.post(chat, BOT.as_user(), FormattedText("?"), markup)
        self._look()
        self.telegram.press(user, decoy.id, 0, 0, place)

    def _find(self, chat: int, label: str) -> Message | None:
        """The newest message of the bot with a button that can be pressed and has these words."""
        for message in reversed(self.telegram.messages(chat)):
            rows: Any = (message.markup or {}).get("inline_keyboard", [])
            buttons = [button for row in rows for button in row if "callback_data" in button]
            if message.by_bot and any(label in button["text"] for button in buttons):
                return message
        return None

    async def _pass_time(self, service: Service, step: Mapping[str, Any]) -> None:
        if "later" in step:
            while (following := self.world.next_instant()) <= step["later"]:
                self.clock.instant = following
                await self.planner.now(service)
                await self._quiet()
        self.clock.instant = step.get("later", step.get("away_until", self.clock.instant))
        happen(self.world, step)
        # What a turn takes up, the next one may tell.
        await self.planner.now(service)
        await self.planner.now(service)

    async def _quiet(self) -> None:
        """Wait until everything that was begun is done; the last resort of a test over HTTP."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._under_way():  # noqa: ASYNC110 (the bot tells nobody when it is done)
                await asyncio.sleep(0.005)

    def _under_way(self) -> bool:
        if len(self.telegram.updates):
            return True
        with self.world.engine.connect() as connection:
            waiting = select(func.count()).where(
                outbox.c.state.in_(OPEN), outbox.c.due_at <= self.clock.instant
            )
            return connection.execute(waiting).scalar_one() > 0

    def _check(self, person: Person, chat: int, step: Mapping[str, Any]) -> None:
        seen = self._seen(chat)
        expect_seen("bot", seen.said, step.get("bot"))
        expect_seen("photo", seen.photos, step.get("photo"))
        expect_seen("document", seen.documents, step.get("document"))
        expect_seen("changes", seen.changed, step.get("changes"))
        if self.pressed:
            assert len(self.toasts) == 1, "a press must be answered once"
        expect_texts("toast", [text for text in self.toasts if text], step.get("toast"))
        expect_texts("operator", self._kept(), step.get("operator"))
        if "votes" in step:
            expect_texts("votes", self.world.votes(person), step["votes"] or None)
        if "case" in step:
            expect_texts("case", self.world.open_cases(person), step["case"] or None)
        self._compare(step, seen.said)
        for name, expected in step.get("told", {}).items():
            expect_seen("told", self._seen(self.world.people[name].user).said, expected)

    def _seen(self, chat: int) -> Seen:
        return seen_in(self.telegram.messages(chat, self.revision), chat, self.known)

    def _look(self) -> None:
        """Everything so far has been looked at."""
        self.revision = self.telegram.revision
        chats = (GROUP, *(each.user for each in self.world.people.values()))
        self.known = {(chat, each.id) for chat in chats for each in self.telegram.messages(chat)}
        self.toasts.clear()

    def _kept(self) -> list[str]:
        """What was kept for the operator since the last look."""
        with self.world.engine.connect() as connection:
            texts = select(unanswered_questions.c.text).order_by(unanswered_questions.c.id)
            kept = list(connection.execute(texts.offset(self.kept)).scalars())
        self.kept += len(kept)
        return kept

    def _compare(self, step: Mapping[str, Any], said: list[Message]) -> None:
        words = "\n".join(
            re.sub(r"[0-9-]{6,}", "№", f"{each.content.text}{labels_of(each)}") for each in said
        )
        if "call" in step:
            self.called[step["call"]] = words
        if "same_as" in step:
            assert words == self.called[step["same_as"]], f"other words: {words!r}"

    def _notice(self, change: Change) -> None:
        if change.kind == "toast":
            self.toasts.append(str(change.content["text"]))
