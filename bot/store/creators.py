"""Creators (达人), what platforms call them, and the codes that bind people to them (绑定)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.store.inserting import insert
from bot.store.tables import binding_codes, creators, promoters
from settlement.creator_names import CreatorNames
from settlement.creators_file import PromoterName
from settlement.model import Platform

__all__ = [
    "CODE_LIFETIME",
    "add_creator",
    "creator_named",
    "creator_names",
    "creators_by_name",
    "hash_code",
    "known_promoters",
    "make_binding_code",
    "name_promoter",
    "names_of",
]

CODE_LIFETIME = timedelta(minutes=15)


def add_creator(connection: Connection, name: str, now: datetime) -> int:
    """The creator of that name, made if there is none."""
    connection.execute(
        insert(connection, creators).values(name=name, created_at=now).on_conflict_do_nothing()
    )
    creator: int = connection.execute(
        select(creators.c.id).where(creators.c.name == name)
    ).scalar_one()
    return creator


def creator_named(connection: Connection, name: str) -> int | None:
    """The creator of that name, if there is one."""
    creator: int | None = connection.execute(
        select(creators.c.id).where(creators.c.name == name)
    ).scalar_one_or_none()
    return creator


def name_promoter(
    connection: Connection, platform: Platform, hint: str, value: str, creator: int
) -> None:
    """Say whom a report means by a column; a later word replaces it.

    `hint` is the kind of column as the layouts name it: position, position_id, author …
    """
    connection.execute(
        insert(connection, promoters)
        .values(platform=platform, hint=hint, value=value, creator=creator)
        .on_conflict_do_update(
            index_elements=["platform", "hint", "value"], set_={"creator": creator}
        )
    )


def creators_by_name(connection: Connection) -> dict[str, int]:
    """All creators, as the operator calls them."""
    found = connection.execute(select(creators.c.name, creators.c.id))
    return {name: creator for name, creator in found}


def known_promoters(connection: Connection) -> dict[tuple[Platform, str, str], int]:
    """The creators of all promoters, by platform, kind of column and value."""
    columns = (promoters.c.platform, promoters.c.hint, promoters.c.value, promoters.c.creator)
    return {
        (Platform(platform), hint, value): creator
        for platform, hint, value, creator in connection.execute(select(*columns))
    }


def creator_names(connection: Connection) -> CreatorNames:
    """What platforms call the creators: to find whose a row of a report or an API is."""
    return CreatorNames(known_promoters(connection))


def names_of(connection: Connection, creator: int) -> tuple[PromoterName, ...]:
    """What platforms call a creator."""
    columns = (promoters.c.platform, promoters.c.hint, promoters.c.value)
    names = select(*columns).where(promoters.c.creator == creator).order_by(*columns)
    found = connection.execute(names)
    return tuple(PromoterName(Platform(platform), kind, value) for platform, kind, value in found)


def make_binding_code(connection: Connection, creator: int, now: datetime) -> str:
    """A new one-time code (绑定码) of 32 characters, good for `CODE_LIFETIME`; its hash is kept.

    It fits a deep link's parameter (64 characters) with a prefix before it.
    """
    code = secrets.token_urlsafe(24)
    expires = now + CODE_LIFETIME
    row = {"hash": hash_code(code), "creator": creator, "created_at": now, "expires_at": expires}
    connection.execute(binding_codes.insert().values(row))
    return code


def hash_code(code: str) -> str:
    """What the store keeps of a binding code; a copy of the database binds nobody."""
    return hashlib.sha256(code.encode()).hexdigest()
