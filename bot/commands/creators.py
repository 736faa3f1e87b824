"""`mingzhang creator add|link`: whose orders they are, and the link that binds a chat to them."""

from bot.app import SystemClock
from bot.commands.failure import CommandFailed, standard_output
from bot.commands.store import opened_store
from bot.store.creators import (
    CODE_LIFETIME,
    add_creator,
    creator_named,
    make_binding_code,
    name_promoter,
)
from settlement.model import Platform

__all__ = ["add", "link"]


def add(name: str, promoters: tuple[str, ...]) -> None:
    """Add a creator, and what reports call them: `jd:position=短视频1`."""
    named = [_promoter(each) for each in promoters]
    with opened_store() as engine, engine.begin() as connection:
        creator = add_creator(connection, name, SystemClock().now())
        for platform, hint, value in named:
            name_promoter(connection, platform, hint, value, creator)
    _say(f"已登记达人 {name}")


def link(name: str) -> None:
    """Make a one-time deep link that binds whoever opens it to this creator."""
    with opened_store() as engine, engine.begin() as connection:
        creator = creator_named(connection, name)
        if creator is None:
            raise CommandFailed(f"没有达人 {name!r}；先运行 mingzhang creator add {name}")
        code = make_binding_code(connection, creator, SystemClock().now())
    minutes = int(CODE_LIFETIME.total_seconds() // 60)
    _say(f"把下面这一行发给 {name}，{minutes} 分钟内有效，只能用一次：")
    _say(f"https://t.me/<你的机器人>?start=b_{code}")


def _promoter(text: str) -> tuple[Platform, str, str]:
    platform, _, rest = text.partition(":")
    hint, _, value = rest.partition("=")
    if platform not in set(Platform) or not hint or not value:
        raise CommandFailed(
            f"--promoter：读不懂 {text!r}；请写成 jd:position=短视频1（平台:列=值）"
        )
    return Platform(platform), hint, value


def _say(line: str) -> None:
    standard_output().write(f"{line}\n".encode())
