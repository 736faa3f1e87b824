"""A desk that says what it hears, and pushes that are due when a test says so."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.desk.facts import Facts, Wanted
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, Button, Edit, Reply, Say, Toast
from bot.simulator.demo import DemoServer
from bot.store.letters import Letter
from bot.store.outbox import enqueue
from bot.writer import Writer


@dataclass
class EchoDesk:
    """Says what it hears, with a button whose press edits the message."""

    heard: list[str] = field(default_factory=list)

    def wanted(self, incoming: Incoming) -> Wanted:
        return Wanted()

    def answer(self, incoming: Incoming, facts: Facts, now: datetime) -> Answered:
        if incoming.button is not None:
            assert incoming.message is not None
            assert incoming.button_query is not None
            replies: tuple[Reply, ...] = (
                Toast(incoming.button_query, "好"),
                Edit(incoming.message, "<b>改</b>"),
            )
            return Answered(replies)
        self.heard.append(incoming.text)
        if incoming.text == "boom":
            raise ZeroDivisionError
        if incoming.text.startswith("<"):
            return Answered((Say(incoming.text),))
        return Answered((Say(f"<b>{incoming.text}</b>", ((Button("按", "v1x"),),)),))


@dataclass
class Pushes:
    """Puts letters into the outbox as if they had become due."""

    now: Callable[[], datetime]
    due: list[Letter] = field(default_factory=list)

    async def tick(self, writer: Writer) -> int:
        letters, self.due = self.due, []
        if letters:
            job = writer.run(lambda connection: enqueue(connection, letters, self.now()))
            await asyncio.wrap_future(job)
        return len(letters)


def bot_texts(server: DemoServer, person: int) -> list[str]:
    return [m.content.text for m in server.world.messages(person) if m.by_bot]
