"""The platform and the creator that somebody names on the command line."""

from sqlalchemy import Connection, Engine

from bot.commands.failure import CommandFailed
from bot.store.creators import creator_named
from bot.store.transactions import reads
from settlement.model import Platform

__all__ = ["chosen_creator", "chosen_platform", "known_creator", "known_platform"]


def known_platform(name: str, place: str = "") -> Platform:
    """The platform of that name; `place` says which option it stands in."""
    try:
        return Platform(name)
    except ValueError:
        raise CommandFailed(f"{place}没有平台 {name!r}；可用 {'、'.join(Platform)}") from None


def known_creator(connection: Connection, name: str, place: str = "") -> int:
    """The creator of that name; a mistyped one must not become one, with orders."""
    known = creator_named(connection, name)
    if known is None:
        raise CommandFailed(f"{place}没有达人 {name!r}；先运行 mingzhang creator add {name}")
    return known


def chosen_platform(name: str | None) -> Platform | None:
    """What `--platform` chooses; None for any."""
    return None if name is None else known_platform(name, "--platform：")


def chosen_creator(engine: Engine, name: str | None) -> int | None:
    """What `--creator` chooses; None for any."""
    if name is None:
        return None
    with reads(engine) as connection:
        return known_creator(connection, name, "--creator：")
