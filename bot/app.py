"""Composing the bot (组装): the only place that knows all parts, and that reads the clock.

What is heavy is imported where it is used: commands that only want the clock start at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from settlement.shanghai import in_shanghai

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from starlette.routing import BaseRoute

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
    "compose_console",
    "compose_conversation",
    "compose_documents",
    "compose_routes",
    "event_loop",
    "load_snapshot",
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

    A day is Shanghai's. A moved clock shows `MORNING` there: an hour at which people may be
    pushed, whatever the hour at which somebody tries the demo.
    """

    MORNING = 10

    def __init__(self, start: datetime | None = None) -> None:
        """Begin at `start`, else at the present."""
        self._ahead = start - datetime.now(UTC) if start else timedelta()

    def now(self) -> datetime:
        """The instant the demo plays at, in UTC."""
        return datetime.now(UTC) + self._ahead

    def advance(self, days: int) -> None:
        """Move forward by whole days."""
        moved = in_shanghai(self.now()) + timedelta(days=days)
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
    from bot.telegram.measuring import measure_call
    from bot.telegram.service import Service, polling
    from bot.telegram.transport import BotApi

    secret = _secret(settings, engine)
    planner = _planner(settings, engine, current, now, secret)
    operators = _operators(settings)
    return Service(
        engine=engine,
        api=BotApi(bot_api, token, measure_call),
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
    from bot.telegram.measuring import measure_call
    from bot.telegram.transport import BotApi

    api = BotApi(bot_api, token, measure_call)
    speech = Speech(_secret(settings, engine), settings.timezone)
    return DocumentImports(engine, Files(api), api.bot, speech, now)


def compose_routes(
    settings: Settings,
    engine: Engine,
    current: Callable[[], Snapshot],
    now: Callable[[], datetime],
    service: Service,
) -> list[BaseRoute]:
    """What the bot's web server answers beside the webhook: health, figures, the console."""
    from bot.health.figures import Figures
    from bot.health.probes import health_routes
    from bot.health.readiness import Health
    from bot.sync.figures import shipped_figures
    from bot.sync.sources import applications

    health = Health(
        engine,
        service.condition,
        current,
        now,
        shipped_figures(),
        polls=settings.mode == "polling",
        platforms={str(each.platform) for each in applications(settings)},
    )
    figures = Figures(engine, service.condition, current, now)
    token = settings.metrics_token
    console = compose_console(
        settings,
        engine,
        current,
        now,
        token=settings.need_token(),
        bot_name=lambda: service.name,
    )
    return [*health_routes(health, figures, token.get_secret_value() if token else None), *console]


def compose_console(
    settings: Settings,
    engine: Engine,
    current: Callable[[], Snapshot],
    now: Callable[[], datetime],
    *,
    token: str,
    bot_name: Callable[[], str | None],
    address: Callable[[], str] | None = None,
) -> list[BaseRoute]:
    """The routes of the operator's console, to be served by the program's web server.

    `bot_name` gives the bot's @name once it is known, `address` where browsers reach the console
    if that is not what the settings say.
    """
    from bot.console.application import console_routes
    from bot.console.parts import Parts
    from bot.console_address import console_address

    parts = Parts(
        engine=engine,
        settings=settings,
        current=current,
        now=now,
        secret=_secret(settings, engine),
        reached_at=address or partial(console_address, settings),
        token=token,
        bot=int(token.partition(":")[0]),
        bot_name=bot_name,
    )
    return console_routes(parts)


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
    from bot.desk.broadcasts import broadcast_message
    from bot.desk.pushes import render_push
    from bot.planner import Planner

    return Planner(
        engine,
        lambda: current().rulebook,
        partial(render_push, secret=secret, current=current),
        settings.quiet_hours,
        settings.timezone,
        now,
        partial(broadcast_message, secret=secret),
        knows=lambda entry: entry in current().knowledge.entries,
    )


def _operators(settings: Settings) -> Operators:
    from bot.desk.handoffs import HelpDesk
    from bot.desk.operators import Operators

    help_desk = HelpDesk(
        settings.timezone,
        settings.quiet_hours,
        timedelta(minutes=settings.human_within),
        anonymous=not settings.human_names,
    )
    return Operators(
        settings.operator_chat, settings.admins, help_desk, console=settings.public_url
    )


def event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """A faster event loop where there is one: not on Windows."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
