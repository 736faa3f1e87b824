"""A sync against the platforms' contract server, and what the store knows afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import ColumnElement, Connection, Engine, func, select

from bot.platform_keys import PlatformKeys
from bot.store.creators import add_creator, name_promoter
from bot.store.lines import published_batch
from bot.store.sync_cursors import go_back_to
from bot.store.tables import creators, import_batches, order_facts, order_lines
from bot.sync.engine import Sync
from bot.sync.figures import SyncFigures, shipped_figures
from bot.sync.progress import Event
from bot.sync.sources import applications
from settlement.model import Platform
from tests.platform_server.sales import CREATORS
from tests.platform_server.server import PlatformServer

__all__ = [
    "HASTY",
    "Told",
    "begin_at",
    "keys_for",
    "known",
    "lines_of",
    "owners_of",
    "promoters_known",
    "secret_values",
    "syncing",
    "unpublished_batches",
]

HASTY = replace(
    shipped_figures(),
    first_wait_seconds=0.0,
    throttled_seconds=0.0,
    longest_wait_seconds=2.0,
    share_of_calls=10_000.0,
)
"""As patient as always, and in a hurry."""

Documents = dict[str, dict[str, Any]]


class Told(list[Event]):
    """What a sync told, in order."""

    def of(self, *kinds: type[Event]) -> list[Any]:
        """The events of these kinds."""
        return [each for each in self if isinstance(each, kinds)]


def keys_for(server: PlatformServer, *platforms: str, **others: str) -> PlatformKeys:
    """Keys for these platforms as the server gave them out."""
    given: dict[str, Any] = dict(others)
    for name in platforms:
        prefix = "alibaba1688" if name == "1688" else name
        given |= {
            f"{prefix}_app_key": server.keys.app_key,
            f"{prefix}_app_secret": server.keys.app_secret,
            f"{prefix}_access_token": server.desks[name].token,
            f"{prefix}_gateway": server.address(name),
        }
        if name == "kuaishou":
            given["kuaishou_sign_secret"] = server.keys.sign_secret
    return PlatformKeys(**given)


def secret_values(keys: PlatformKeys, *, all_keys: bool = True) -> dict[str, str]:
    """The keys that are set, as they would stand in the environment; or only the secret ones."""
    given = {name: getattr(keys, name) for name in PlatformKeys.model_fields}
    secrets = {
        name: value.get_secret_value()
        for name, value in given.items()
        if isinstance(value, SecretStr)
    }
    plain = {name: value for name, value in given.items() if isinstance(value, str)}
    return secrets | plain if all_keys else secrets


def syncing(
    engine: Engine,
    server: PlatformServer,
    keys: Callable[[], PlatformKeys] | None = None,
    *,
    told: Told | None = None,
    figures: SyncFigures = HASTY,
    platform: Platform | None = None,
) -> Sync:
    """A sync that lives by the server's clock, with the keys it gives out."""
    tell = told.append if told is not None else lambda event: None
    given = keys or (lambda: keys_for(server, *server.desks))
    return Sync(engine, given, lambda: server.now, figures=figures, tell=tell, platform=platform)


HINTS: dict[str, tuple[str, str]] = {
    "jd": ("position_id", "{}"),
    "taobao": ("position_id", "{}"),
    "1688": ("position_id", "{}"),
    "douyin": ("author_id", "{}"),
    "pinduoduo": ("pid", "9000_{}"),
    "kuaishou": ("distributor_id", "{}"),
}
"""How each platform names the creators of its sales, who are numbered from 9000 on."""


def begin_at(engine: Engine, keys: PlatformKeys, since: datetime) -> None:
    """Ask for nothing older: the ninety days of a real beginning would take a test too long."""
    with engine.begin() as connection:
        for application in applications(keys):
            for source in application.sources:
                go_back_to(connection, source.key, since)


def promoters_known(
    engine: Engine, platform: str, now: datetime, numbers: Sequence[int] = range(CREATORS)
) -> None:
    """Register the creators behind the server's sales."""
    kind, form = HINTS[platform]
    with engine.begin() as connection:
        for number in numbers:
            creator = add_creator(connection, f"达人{number}", now)
            name = form.format(9000 + number)
            name_promoter(connection, Platform(platform), kind, name, creator)


def known(engine: Engine, platform: str) -> Documents:
    """What is published of each line, by its key."""
    with engine.connect() as connection:
        return {key: facts for key, facts in connection.execute(_published(platform))}


def lines_of(connection: Connection, platform: str) -> int:
    """How many lines there are, whoever owns them."""
    counted = select(func.count()).select_from(order_lines)
    return int(connection.execute(counted.where(_of(platform))).scalar_one())


def owners_of(connection: Connection, platform: str) -> dict[str, str]:
    """The creator's name of each line, by its key."""
    found = select(order_lines.c.line_key, creators.c.name).join(
        creators, creators.c.id == order_lines.c.creator
    )
    return {key: name for key, name in connection.execute(found.where(_of(platform)))}


def unpublished_batches(connection: Connection) -> int:
    """How many batches are not visible."""
    counted = select(func.count()).select_from(import_batches)
    hidden = counted.where(import_batches.c.published_at.is_(None))
    return int(connection.execute(hidden).scalar_one())


def _of(platform: str) -> ColumnElement[bool]:
    return order_lines.c.platform == platform


def _published(platform: str) -> Any:
    return (
        select(order_lines.c.line_key, order_facts.c.facts)
        .join(order_facts, order_facts.c.line == order_lines.c.id)
        .where(order_facts.c.batch == published_batch, order_lines.c.platform == platform)
    )
