"""The whole bot over HTTP against the emulator, with people on both sides (两边都有人)."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.desk.desk import Desk
from bot.desk.handoffs import HelpDesk
from bot.desk.operators import Operators
from bot.simulator.crowd import Crowd
from bot.simulator.demo import DemoServer
from bot.simulator.documents import Document
from bot.simulator.groups import Group
from bot.simulator.messages import Message
from bot.simulator.people import Person as Account
from bot.simulator.telegram_world import Change
from bot.store.pace import Limits, Pace
from bot.store.tables import document_imports, handoffs, outbox
from bot.sync.documents import DocumentImports, Speech
from bot.sync.documents import Pace as Looking
from bot.telegram.fetching import Files
from bot.telegram.service import Service
from bot.telegram.transport import BotApi
from bot.writer import Writer
from tests.clocks import StandingClock
from tests.conversations.understanding import Understanding, shipped_snapshot
from tests.conversations.world import QUIET, SECRET, SHANGHAI, World

TOKEN = "42:AAtest-token"  # noqa: S105
OPERATORS, GROUP = -100900, -100200
AT_ONCE = Pace(timedelta(microseconds=1), burst=100)
PATIENCE_SECONDS = 20.0
OPEN = ("pending", "sending")
UNDER_WAY = ("waiting", "working", "undoing")


class NoPushes:
    """Nothing becomes due by itself but cases."""

    async def tick(self, writer: Writer) -> int:
        return 0


@dataclass
class Seen:
    """What the bot did in one chat since somebody looked last."""

    new: list[Message] = field(default_factory=list)
    changed: list[Message] = field(default_factory=list)


class Stage:
    """Telegram, the bot, its database, and everybody who writes."""

    def __init__(
        self, told_world: Mapping[str, Any], told: Mapping[str, Any], folder: Path
    ) -> None:
        self.clock = StandingClock(told["as_of"])
        self.world = World(told_world, folder, self.clock.now)
        self.people = {name: person.user for name, person in self.world.people.items()}
        self.people |= told.get("operators", {})
        accounts = [
            Account(each.user, each.name or name, language_code=each.telegram_language)
            for name, each in self.world.people.items()
        ]
        accounts += [Account(user, name) for name, user in told.get("operators", {}).items()]
        self.server = DemoServer(TOKEN, accounts, self.clock)
        self.telegram = self.server.world
        self.crowd = Crowd(self.telegram)
        self.telegram.groups.add(Group(OPERATORS, "运营群", is_forum=told.get("topics", True)))
        self.telegram.groups.add(Group(GROUP, "带货群"))
        matcher: Any = Understanding(told.get("understood", {}))
        self.snapshot = replace(shipped_snapshot(), matcher=matcher)
        self.help_desk = HelpDesk(SHANGHAI, QUIET, anonymous=told.get("anonymous", True))
        self.operator_chat: int = told.get("operator_chat", OPERATORS)
        self.toasts: list[str] = []
        self.results: list[str] = []
        self._revision = 0
        self._read: set[tuple[int, int]] = set()
        self.admins = tuple(self.people[name] for name in told.get("admins", ()))
        steps = told.get("steps", ())
        self.imports = any(isinstance(each.get("sends"), Mapping) for each in steps)
        self.looking = Looking(look=0.02)
        self.patience = PATIENCE_SECONDS
        self._service: Service | None = None
        self._importing: asyncio.Task[None] | None = None
        self.telegram.listen(self._notice)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Stage"]:
        async with AsyncExitStack() as stack:
            stack.callback(self.world.close)
            await stack.enter_async_context(self.server)
            stack.push_async_callback(self.stop)
            await self.start()
            yield self

    async def start(self) -> None:
        operators = Operators(self.operator_chat, self.admins, self.help_desk)
        self._service = Service(
            engine=self.world.engine,
            api=BotApi(self.server.url, TOKEN),
            desk_for=lambda name: Desk(
                lambda: self.snapshot, SECRET, name, SHANGHAI, operators=operators
            ),
            planner=NoPushes(),
            now=self.clock.now,
            operator_chat=self.operator_chat,
            limits=Limits(AT_ONCE, AT_ONCE, timedelta(0)),
        )
        await self._service.start()
        if self.imports:
            self._importing = asyncio.create_task(self._document_imports().run())

    def _document_imports(self) -> DocumentImports:
        files = Files(BotApi(self.server.url, TOKEN))
        bot, speech = self.telegram.bot.id, Speech(SECRET, SHANGHAI)
        return DocumentImports(self.world.engine, files, bot, speech, self.clock.now, self.looking)

    async def stop(self) -> None:
        if self._importing is not None:
            importing, self._importing = self._importing, None
            importing.cancel()
            await asyncio.gather(importing, return_exceptions=True)
        if self._service is not None:
            service, self._service = self._service, None
            await service.stop()

    async def quiet(self) -> None:
        """Wait until everything that was begun is done; the last resort of a test over HTTP."""
        async with asyncio.timeout(self.patience):
            while self._under_way():  # noqa: ASYNC110 (the bot tells nobody when it is done)
                await asyncio.sleep(0.01)

    def _under_way(self) -> bool:
        importing = select(func.count()).where(document_imports.c.state.in_(UNDER_WAY))
        late = (handoffs.c.answer_by <= self.clock.now()) & (handoffs.c.state == "waiting")
        with self.world.engine.begin() as connection:
            waiting = connection.execute(
                select(
                    select(func.count()).where(outbox.c.state.in_(OPEN)).scalar_subquery(),
                    select(func.count()).where(late).scalar_subquery(),
                    importing.scalar_subquery(),
                )
            ).one()
        return bool(len(self.telegram.updates) or any(waiting))

    def seen(self, chat: int) -> Seen:
        """What the bot wrote and changed in a chat since the last look at any chat of a step."""
        topics = {t for group in self.telegram.groups for t in group.topics}
        seen = Seen()
        for message in self.telegram.messages(chat, self._revision):
            if message.by_bot and message.id not in topics:
                known = (chat, message.id) in self._read
                (seen.changed if known else seen.new).append(message)
        self._read |= {(chat, each.id) for each in (*seen.new, *seen.changed)}
        return seen

    def look(self) -> None:
        """Everything so far has been looked at."""
        self._revision = self.telegram.revision
        self.toasts.clear()
        self.results.clear()

    def topic(self) -> int | None:
        """The newest topic of the operator's."""
        operators = next(each for each in self.telegram.groups if each.id == OPERATORS)
        return max(operators.topics, default=None)

    def find(
        self, chat: int, words: str, *, by: int | None = None, with_words: str | None = None
    ) -> Message:
        """The newest message of a chat that has these words; of one person, if they are named."""
        for message in reversed(self.telegram.messages(chat)):
            if by not in (None, message.sender["id"]):
                continue
            if with_words is not None and with_words not in message.content.text:
                continue
            if any(words in each for each in (message.content.text, *labels_of(message))):
                return message
        raise AssertionError(f"nobody wrote {words!r} there")

    def file(self, kind: str | Mapping[str, str]) -> Document:
        if not isinstance(kind, str):
            content = kind["content"].encode(kind.get("encoding", "utf-8"))
            return self.telegram.documents.keep(kind["name"], "application/octet-stream", content)
        content = b"\x89PNG\r\n\x1a\n" if kind == "photo" else b"a file"
        name, media = ("图.png", "image/png") if kind == "photo" else ("账单.csv", "text/csv")
        return self.telegram.documents.keep(name, media, content)

    def _notice(self, change: Change) -> None:
        if change.kind == "toast" and change.content["text"]:
            self.toasts.append(str(change.content["text"]))
        if change.kind == "inline":
            assert change.content["is_personal"] is True
            self.results = [f"{each['title']}\n{each['text']}" for each in listed(change.content)]


def listed(content: Mapping[str, object]) -> list[dict[str, Any]]:
    results = content["results"]
    assert isinstance(results, list)
    return results


def labels_of(message: Message) -> list[str]:
    rows = (message.markup or {}).get("inline_keyboard", [])
    assert isinstance(rows, list)
    return [str(button["text"]) for row in rows for button in row]
