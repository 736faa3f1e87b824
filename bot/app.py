"""Composing the bot (组装): the only place that knows all parts, and that reads the clock.

What is heavy is imported where it is used: commands that only want the clock start at once.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.desk.snapshot import Snapshot
    from bot.settings import Settings
    from bot.telegram.service import Service

__all__ = [
    "Clock",
    "DemoClock",
    "SystemClock",
    "compose",
    "load_snapshot",
    "run_bot",
    "serve",
]


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


class DemoClock:
    """A clock that goes on like the machine's and can be moved forward by days.

    A moved clock shows `MORNING` in UTC, ten in the morning in Shanghai: an hour at which
    people may be pushed, whatever the hour at which somebody tries the demo.
    """

    MORNING = 2

    def __init__(self, start: datetime | None = None) -> None:
        """Begin at `start`, else at the present."""
        self._ahead = start - datetime.now(UTC) if start else timedelta()

    def now(self) -> datetime:
        """The instant the demo plays at, in UTC."""
        return datetime.now(UTC) + self._ahead

    def advance(self, days: int) -> None:
        """Move forward by whole days."""
        moved = self.now() + timedelta(days=days)
        morning = moved.replace(hour=self.MORNING, minute=0, second=0, microsecond=0)
        self._ahead += max(morning, self.now()) - self.now()


def load_snapshot(rules_dir: Path | None = None, knowledge_dir: Path | None = None) -> Snapshot:
    """What messages are answered from: the shipped files, or the operator's.

    `rules_dir` is laid over the shipped rules; `knowledge_dir` replaces the shipped answers.
    Raises RuleFileError or KnowledgeFileError, which name file, place and remedy.
    """
    from bot.desk.snapshot import Snapshot
    from knowledge.loader import load_knowledge, shipped_knowledge
    from knowledge.matcher import Matcher
    from settlement.rulebook import overlay_rulebook, shipped_rulebook

    knowledge = load_knowledge(_texts(knowledge_dir)) if knowledge_dir else shipped_knowledge()
    rulebook = shipped_rulebook()
    if rules_dir:
        rulebook = overlay_rulebook(rulebook, _texts(rules_dir))
    answers = sha256(repr(knowledge).encode()).hexdigest()
    return Snapshot(knowledge, Matcher(knowledge), rulebook, f"{rulebook.revision}-{answers}")


def compose(
    settings: Settings,
    engine: Engine,
    snapshot: Snapshot,
    now: Callable[[], datetime],
    *,
    bot_api: str,
    token: str,
) -> Service:
    """The service of one bot on an open database; start it, and stop it in the end."""
    from bot.desk.desk import Desk
    from bot.desk.pushes import render_push
    from bot.planner import Planner
    from bot.store.installation import kept_secret
    from bot.telegram.service import Service
    from bot.telegram.transport import BotApi

    if settings.secret:
        secret = settings.secret.get_secret_value()
    else:
        with engine.begin() as connection:
            secret = kept_secret(connection)
    return Service(
        engine=engine,
        api=BotApi(bot_api, token),
        desk_for=lambda name: Desk(snapshot, secret.encode(), name, settings.timezone),
        planner=Planner(
            engine,
            snapshot.rulebook,
            partial(render_push, secret=secret.encode(), zone=settings.timezone),
            settings.quiet_hours,
            settings.timezone,
            now,
        ),
        now=now,
    )


async def run_bot(settings: Settings, clock: Clock) -> None:
    """Serve on Telegram until SIGTERM or SIGINT, then finish what was begun.

    Raises SettingsError without a token, TokenRefusedError if Telegram does not know it.
    """
    from bot.logs import configure_logging
    from bot.settings import SettingsError
    from bot.store.batches import clear_abandoned
    from bot.store.database import open_engine, upgrade

    token = settings.need_token()
    if settings.mode == "webhook":
        raise SettingsError(("MINGZHANG_MODE：webhook 模式还不能用，请先改用 polling",))
    configure_logging(settings.log_level, [token])
    snapshot = load_snapshot(settings.rules_dir, settings.knowledge_dir)
    engine = open_engine(settings.database_url.get_secret_value())
    try:
        upgrade(engine)
        clear_abandoned(engine, clock.now())
        service = compose(
            settings, engine, snapshot, clock.now, bot_api=settings.bot_api, token=token
        )
        await _until_told(service)
    finally:
        engine.dispose()


def serve(settings: Settings) -> None:
    """Run the bot in this process, by the machine's clock."""
    asyncio.run(run_bot(settings, SystemClock()))


async def _until_told(service: Service) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Windows knows no signal handlers of event loops; there Ctrl-C cancels this task.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    working = asyncio.create_task(_work(service))
    stopping = asyncio.create_task(told.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
        await service.stop()


async def _work(service: Service) -> None:
    await service.start()
    await service.wait()


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))}
