"""`mingzhang sync`: orders from the platforms' interfaces into the store."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.status import Status
from sqlalchemy import Engine

from bot.app import SystemClock, event_loop
from bot.commands.chosen import chosen_platform
from bot.commands.creators import take_in_creators
from bot.commands.failure import CommandFailed
from bot.commands.output import complain, moment, say, say_json
from bot.commands.store import opened_store, usable_settings
from bot.logs import configure_logging
from bot.platform_keys import PlatformKeys
from bot.settings import SettingsError, load_settings
from bot.store.sync_cursors import go_back_to
from bot.sync.engine import Sync
from bot.sync.progress import CaughtUp, Event, Fetched, Stopped
from bot.sync.sources import Application, applications, missing_keys, secrets_of, title_of
from settlement.model import Platform
from settlement.shanghai import SHANGHAI

__all__ = ["no_keys", "synchronise"]

NO_KEYS = (
    "还没有设置{platform}的密钥，没有可同步的；"
    "把 MINGZHANG_JD_APP_KEY 之类放进环境变量，怎么得到见 deploy/README.md"
)


def synchronise(
    platform: str | None, since: datetime | None, *, once: bool, as_json: bool
) -> bool:
    """Fetch what has changed, once or until stopped; False if a platform stood in the way."""
    wished = chosen_platform(platform)
    settings = usable_settings()
    asked = applications(settings, wished)
    _complain_of_missing(settings, wished)
    if not asked:
        raise CommandFailed(no_keys(wished))
    # The command itself says what came in.
    level = "WARNING" if settings.log_level == "INFO" else settings.log_level
    configure_logging(level, secrets_of(settings))
    with opened_store() as engine:
        take_in_creators(engine)
        if since is not None:
            _go_back(engine, asked, since)
        with _watcher(as_json=as_json) as watcher:
            run = _run(engine, wished, watcher.tell, once=once)
            with asyncio.Runner(loop_factory=event_loop()) as runner:
                return runner.run(run)


def no_keys(platform: Platform | None) -> str:
    """What is said where there is nothing to ask."""
    return NO_KEYS.format(platform=f" {platform} " if platform else "任何平台")


async def _run(
    engine: Engine, platform: Platform | None, tell: Callable[[Event], None], *, once: bool
) -> bool:
    now = SystemClock().now
    async with Sync(engine, _keys, now, tell=tell, platform=platform) as sync:
        if once:
            return await sync.turn()
        await sync.run()
    return True


def _keys() -> PlatformKeys:
    """The keys as they are by now: a file may hold a new token."""
    try:
        return load_settings()
    except SettingsError as error:
        raise CommandFailed("\n".join(error.problems)) from None


def _complain_of_missing(settings: PlatformKeys, platform: Platform | None) -> None:
    for each in missing_keys(settings):
        if platform in (None, each.platform):
            complain(f"{each.platform} {each.method}：还缺 {'、'.join(each.variables)}，先跳过")


def _go_back(engine: Engine, asked: Sequence[Application], since: datetime) -> None:
    with engine.begin() as connection:
        for application in asked:
            for source in application.sources:
                go_back_to(connection, source.key, since)


def _watcher(*, as_json: bool) -> "_JsonLines | _Lines":
    return _JsonLines() if as_json else _Lines()


class _JsonLines:
    """Says what a turn came to, one JSON object a line."""

    def __enter__(self) -> "_JsonLines":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def tell(self, event: Event) -> None:
        """Write the event, but for single windows."""
        if isinstance(event, Fetched):
            return
        source = {"platform": event.key.platform, "method": event.key.method}
        if isinstance(event, CaughtUp):
            said = {"covered_until": event.covered_until, **event.counts._asdict()}
        else:
            said = {"trouble": event.kind, "message": event.words}
        say_json(source | said)


@dataclass(slots=True)
class _Lines:
    """Says it to people: a line that moves on a terminal, and one for each result."""

    _console: Console = field(default_factory=lambda: Console(stderr=True))
    _status: Status | None = None

    def __enter__(self) -> "_Lines":
        if self._console.is_terminal:
            self._status = self._console.status("正在同步……")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def tell(self, event: Event) -> None:
        """Say the event."""
        if isinstance(event, Fetched):
            self._move(event)
        elif isinstance(event, Stopped):
            complain(f"{title_of(event.key)}：{event.words}")
        else:
            say(_line(event))

    def _move(self, event: Fetched) -> None:
        if self._status is None:
            return
        what = "回看较早的订单" if event.sweep else f"还有 {event.to_go} 段"
        covered = moment(event.covered_until, SHANGHAI)
        self._status.update(f"{title_of(event.key)}：数据截至 {covered}，{what}")


def _line(event: CaughtUp) -> str:
    counts = event.counts
    said = f"新增 {counts.new}，变化 {counts.changed}，未变 {counts.unchanged}"
    if counts.waiting:
        said += f"，等待归属 {counts.waiting}（见 mingzhang sync status）"
    if counts.unreadable:
        said += f"，读不懂 {counts.unreadable}"
    return f"{title_of(event.key)}：数据截至 {moment(event.covered_until, SHANGHAI)}；{said}"
