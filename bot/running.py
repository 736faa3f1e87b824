"""Running the bot (运行): one process on Telegram, from its settings to its end."""

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy import Engine
from starlette.routing import BaseRoute

from bot.app import (
    Clock,
    SystemClock,
    compose,
    compose_documents,
    compose_routes,
    event_loop,
)
from bot.desk.snapshot import Snapshot
from bot.health.alarms import Alarms
from bot.health.condition import Condition
from bot.listening import Listener
from bot.logs import configure_logging
from bot.publishing.candidate import Folders
from bot.publishing.watching import published_at_start, watch
from bot.settings import Settings, load_settings
from bot.store.batches import clear_abandoned
from bot.store.database import open_engine, upgrade
from bot.store.merging import finish_merges
from bot.sync.creators_file import follow_creators
from bot.sync.figures import shipped_figures
from bot.sync.keeping_up import keep_up
from bot.sync.sources import applications
from bot.telegram.alarming import AlarmApi
from bot.telegram.service import brought_to
from bot.telegram.transport import BotApi
from bot.telegram.webhook_gateway import WebhookPlace
from bot.until_told import serve_until_told

__all__ = ["run_bot", "serve"]


async def run_bot(settings: Settings, clock: Clock) -> None:
    """Serve on Telegram until SIGTERM or SIGINT, then finish what was begun.

    Raises SettingsError without a token, TokenRefusedError if Telegram does not know it,
    PollerRunningError if another process polls with it, ListenError if the web server has no
    port, RevisionUnusableError if there is nothing to answer from.
    """
    token = settings.need_token()
    configure_logging(settings.log_level, [token, *_secrets(settings)], settings.log_format)
    engine = open_engine(settings.database_url.get_secret_value())
    try:
        upgrade(engine)
        clear_abandoned(engine, clock.now())
        finish_merges(engine)
        folders = Folders(settings.knowledge_dir, settings.rules_dir)
        current = published_at_start(engine, folders, clock.now())
        webhook = _webhook(settings)
        service = compose(
            settings,
            engine,
            current,
            clock.now,
            bot_api=settings.bot_api,
            token=token,
            gateway=brought_to(webhook) if webhook else None,
        )
        documents = compose_documents(
            settings, engine, clock.now, bot_api=settings.bot_api, token=token
        )
        alarm_api = AlarmApi(BotApi(settings.bot_api, token), webhook=webhook is not None)
        background = (
            _alarms(settings, engine, current, clock, service.condition, alarm_api),
            current.follow(),
            watch(engine, folders, clock.now, current),
            documents.run(),
            keep_up(engine, load_settings, clock.now, settings.operator_chat),
            follow_creators(engine, settings.creators, clock.now),
        )
        routes = compose_routes(settings, engine, current, clock.now, service)
        listener = _listener(settings, [*routes, *(webhook.routes if webhook else ())])
        await serve_until_told(service, listener, background)
    finally:
        engine.dispose()


def serve(settings: Settings) -> None:
    """Run the bot in this process, by the machine's clock."""
    with asyncio.Runner(loop_factory=event_loop()) as runner:
        runner.run(run_bot(settings, SystemClock()))


async def _alarms(
    settings: Settings,
    engine: Engine,
    current: Callable[[], Snapshot],
    clock: Clock,
    condition: Callable[[], Condition],
    api: AlarmApi,
) -> None:
    """Alarm the operator's chat, or without one each of the admins, until cancelled."""
    chat = settings.operator_chat
    alarms = Alarms(
        engine,
        current,
        clock.now,
        shipped_figures(),
        bot=api.bot,
        chats=settings.admins if chat is None else (chat,),
        platforms={str(each.platform) for each in applications(settings)},
        alone=chat is None,
        condition=condition,
        delivery=api.delivery,
        say_directly=api.say,
    )
    try:
        await alarms.run()
    finally:
        await api.close()


def _webhook(settings: Settings) -> WebhookPlace | None:
    """The webhook that the settings describe; None is polling."""
    if settings.mode == "polling" or not (settings.webhook_url and settings.webhook_secret):
        return None
    return WebhookPlace(settings.webhook_url, settings.webhook_secret.get_secret_value())


def _listener(settings: Settings, routes: Sequence[BaseRoute]) -> Listener | None:
    """The web server; None where the settings switch it off."""
    return Listener(settings.listen, routes) if settings.listen else None


def _secrets(settings: Settings) -> list[str]:
    """What must stand in no log, beside the token."""
    secrets = (settings.secret, settings.webhook_secret, settings.metrics_token)
    return [secret.get_secret_value() for secret in secrets if secret]
