"""What the operator changes of a creator (改达人): her name, and what platforms call her."""

from enum import StrEnum

from sqlalchemy import Connection, select

from bot.store.creators import creator_named, creator_names, name_promoter
from bot.store.tables import creators, promoters
from settlement.creators_file import PromoterName, claimants

__all__ = ["Change", "add_name", "creators_called", "remove_name", "rename_creator"]


class Change(StrEnum):
    """What became of a change."""

    DONE = "done"
    NOTHING = "nothing"
    """It is so already."""
    TAKEN = "taken"
    """The name is another creator's."""
    GONE = "gone"
    """There is no such creator, or she is being merged into another."""


def rename_creator(connection: Connection, creator: int, name: str) -> Change:
    """Call a creator something else; her orders and people stay hers."""
    if _is_gone(connection, creator):
        return Change.GONE
    other = creator_named(connection, name)
    if other is not None:
        return Change.NOTHING if other == creator else Change.TAKEN
    connection.execute(creators.update().where(creators.c.id == creator).values(name=name))
    return Change.DONE


def add_name(
    connection: Connection, creator: int, name: PromoterName, *, moving: bool = False
) -> Change:
    """Say that a platform's name means this creator; another's only when it is `moving`.

    Orders imported before stay whose they are.
    """
    if _is_gone(connection, creator):
        return Change.GONE
    owner = _owner(connection, name)
    if owner == creator:
        return Change.NOTHING
    if not moving and creators_called(connection, name) - {creator}:
        return Change.TAKEN
    name_promoter(connection, name.platform, name.kind, name.value, creator)
    return Change.DONE


def creators_called(connection: Connection, name: PromoterName) -> frozenset[int]:
    """Whom a name means so far, also by the parts of a PID."""
    owner = _owner(connection, name)
    named = claimants(creator_names(connection), name)
    return named if owner is None else named | {owner}


def remove_name(connection: Connection, creator: int, name: PromoterName) -> Change:
    """Let a platform's name mean this creator no longer; it means nobody then."""
    removed = connection.execute(
        promoters.delete().where(
            promoters.c.creator == creator,
            promoters.c.platform == name.platform,
            promoters.c.hint == name.kind,
            promoters.c.value == name.value,
        )
    )
    return Change.DONE if removed.rowcount else Change.NOTHING


def _owner(connection: Connection, name: PromoterName) -> int | None:
    owner: int | None = connection.execute(
        select(promoters.c.creator).where(
            promoters.c.platform == name.platform,
            promoters.c.hint == name.kind,
            promoters.c.value == name.value,
        )
    ).scalar_one_or_none()
    return owner


def _is_gone(connection: Connection, creator: int) -> bool:
    there = select(creators.c.id).where(
        creators.c.id == creator, creators.c.merging_into.is_(None)
    )
    return connection.execute(there).first() is None
