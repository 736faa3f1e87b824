"""What `--platform` and `--creator` choose."""

from sqlalchemy import Engine

from bot.commands.failure import CommandFailed
from bot.store.creators import creator_named
from settlement.model import Platform

__all__ = ["chosen_creator", "chosen_platform"]


def chosen_platform(name: str | None) -> Platform | None:
    """The platform of that name; None for any."""
    if name is None:
        return None
    try:
        return Platform(name)
    except ValueError:
        raise CommandFailed(f"--platform：没有平台 {name!r}；可用 {'、'.join(Platform)}") from None


def chosen_creator(engine: Engine, name: str | None) -> int | None:
    """The creator of that name, None for any; a mistyped name must not become one, with orders."""
    if name is None:
        return None
    with engine.begin() as connection:
        known = creator_named(connection, name)
    if known is None:
        raise CommandFailed(f"--creator：没有达人 {name!r}；先运行 mingzhang creator add {name}")
    return known
