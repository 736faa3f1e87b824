"""Composing the bot (组装): the only place that knows all parts, and that reads the clock.

What is heavy is imported where it is used: commands that only want the clock start at once.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.desk.operators import Operators
    from bot.desk.snapshot import Snapshot
    from bot.planner import Planner
    from bot.settings import Settings
    from bot.sync.documents import DocumentImports
    from bot.telegram.service import MakesGateway, Service
    from bot.terminal.conversation import Conversation

__all__ = [
    "Clock",
    "DemoClock",
    "SystemClock",
    "compose",
    "compose_conversation",
    "compose_documents",
    "event_loop",
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


def load_snapshot() -> Snapshot:
    """The answers and rules that come with the program."""
    from bot.publishing.candidate import SHIPPED, build_snapshot

    return build_snapshot(SHIPPED)


def compose(
    settings: Settings,
    engine: Engine,
    current: Callable[[], Snapshot],
    now: Callable[[], datetime],
    *,
    bot_api: str,
    token: str,
    gateway: MakesGateway | None = None,
) -> Service:
    """The service of one bot on an open database; start it, and stop it in the end.

    `current` gives the snapshot in force, for each message anew. Without a `gateway` it polls.
    """
    from bot.desk.desk import Desk
    from bot.planner.leased import LeasedPlanner
    from bot.telegram.service import Service, polling
    from bot.telegram.transport import BotApi

    secret = _secret(settings, engine)
    planner = _planner(settings, engine, current, now, secret)
    operators = _operators(settings)
    return Service(
        engine=engine,
        api=BotApi(bot_api, token),
        desk_for=lambda name: Desk(current, secret, name, settings.timezone, operators),
        # SQLite has one process, which need not wait for what a killed one held.
        planner=planner if engine.dialect.name == "sqlite" else LeasedPlanner(planner),
        now=now,
        gateway=gateway or polling,
        operator_chat=settings.operator_chat,
        burst=settings.burst,
    )


def compose_documents(
    settings: Settings,
    engine: Engine,
    now: Callable[[], datetime],
    *,
    bot_api: str,
    token: str,
) -> DocumentImports:
    """What imports the reports that one bot is sent as documents; to be run beside its service."""
    from bot.sync.documents import DocumentImports, Speech
    from bot.telegram.fetching import Files
    from bot.telegram.transport import BotApi

    api = BotApi(bot_api, token)
    speech = Speech(_secret(settings, engine), settings.timezone)
    return DocumentImports(engine, Files(api), api.bot, speech, now)


def compose_conversation(
    settings: Settings,
    engine: Engine,
    current: Callable[[], Snapshot],
    now: Callable[[], datetime],
    language_code: str | None = None,
) -> Conversation:
    """One person's chat in a terminal on an open database; nobody of the operator's is told."""
    from bot.desk.desk import Desk
    from bot.terminal.conversation import Conversation

    secret = _secret(settings, engine)
    desk = Desk(current, secret, None, settings.timezone)
    planner = _planner(settings, engine, current, now, secret)
    return Conversation(engine, desk, planner, now, language_code)


def _secret(settings: Settings, engine: Engine) -> bytes:
    """What signs buttons: the operator's, or one made and kept on first start."""
    from bot.store.installation import kept_secret

    if settings.secret:
        return settings.secret.get_secret_value().encode()
    with engine.begin() as connection:
        return kept_secret(connection).encode()


def _planner(
    settings: Settings,
    engine: Engine,
    current: Callable[[], Snapshot],
    now: Callable[[], datetime],
    secret: bytes,
) -> Planner:
    from bot.desk.pushes import render_push
    from bot.planner import Planner

    render = partial(render_push, secret=secret)
    quiet, zone = settings.quiet_hours, settings.timezone
    return Planner(engine, lambda: current().rulebook, render, quiet, zone, now)


def _operators(settings: Settings) -> Operators:
    from bot.desk.handoffs import HelpDesk
    from bot.desk.operators import Operators

    help_desk = HelpDesk(
        settings.timezone,
        settings.quiet_hours,
        timedelta(minutes=settings.human_within),
        anonymous=not settings.human_names,
    )
    return Operators(settings.operator_chat, settings.admins, help_desk)


def _gateway(settings: Settings) -> MakesGateway | None:
    """Polling, or the webhook the settings describe."""
    from bot.telegram.service import brought_to
    from bot.telegram.webhook_gateway import WebhookPlace

    if settings.mode == "polling" or not (settings.webhook_url and settings.webhook_secret):
        return None
    secret = settings.webhook_secret.get_secret_value()
    return brought_to(WebhookPlace(settings.webhook_url, secret, settings.listen))


async def run_bot(settings: Settings, clock: Clock) -> None:
    """Serve on Telegram until SIGTERM or SIGINT, then finish what was begun.

    Raises SettingsError without a token, TokenRefusedError if Telegram does not know it,
    PollerRunningError if another process polls with it, ListenError if the webhook cannot be
    served, RevisionUnusableError if there is nothing to answer from.
    """
    from bot.logs import configure_logging
    from bot.publishing.candidate import Folders
    from bot.publishing.watching import published_at_start, watch
    from bot.settings import load_settings
    from bot.store.batches import clear_abandoned
    from bot.store.database import open_engine, upgrade
    from bot.sync.creators_file import follow_creators
    from bot.sync.keeping_up import keep_up

    token = settings.need_token()
    configure_logging(settings.log_level, [token, *_secrets(settings)])
    engine = open_engine(settings.database_url.get_secret_value())
    try:
        upgrade(engine)
        clear_abandoned(engine, clock.now())
        folders = Folders(settings.knowledge_dir, settings.rules_dir)
        current = published_at_start(engine, folders, clock.now())
        service = compose(
            settings,
            engine,
            current,
            clock.now,
            bot_api=settings.bot_api,
            token=token,
            gateway=_gateway(settings),
        )
        documents = compose_documents(
            settings, engine, clock.now, bot_api=settings.bot_api, token=token
        )
        background = (
            current.follow(),
            watch(engine, folders, clock.now, current),
            documents.run(),
            keep_up(engine, load_settings, clock.now, settings.operator_chat),
            follow_creators(engine, settings.creators, clock.now),
        )
        await _until_told(service, background)
    finally:
        engine.dispose()


def serve(settings: Settings) -> None:
    """Run the bot in this process, by the machine's clock."""
    with asyncio.Runner(loop_factory=event_loop()) as runner:
        runner.run(run_bot(settings, SystemClock()))


def event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """A faster event loop where there is one: not on Windows."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _secrets(settings: Settings) -> list[str]:
    """What must stand in no log, beside the token."""
    secrets = (settings.secret, settings.webhook_secret)
    return [secret.get_secret_value() for secret in secrets if secret]


async def _until_told(service: Service, background: Iterable[Coroutine[Any, Any, None]]) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Windows knows no signal handlers of event loops; there Ctrl-C cancels this task.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    beside = [asyncio.create_task(each) for each in background]
    working = asyncio.create_task(_work(service))
    stopping = asyncio.create_task(told.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        tasks = (working, stopping, *beside)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await service.stop()


async def _work(service: Service) -> None:
    await service.start()
    await service.wait()
