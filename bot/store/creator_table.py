"""An operator's table of creators put into the store: added to, never taken away from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.creators import add_creator, creators_by_name, known_promoters, name_promoter
from bot.store.tables import creators
from settlement.creator_names import CreatorNames
from settlement.creators_file import NamedCreator, PromoterName
from settlement.model import Platform

__all__ = ["MovedName", "TableChanges", "named_with", "put_creators", "what_creators_change"]


@dataclass(frozen=True, slots=True)
class MovedName:
    """A name that meant somebody else so far; orders imported before stay theirs."""

    name: PromoterName
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What a table of creators changes, or has changed."""

    added: tuple[str, ...]
    """Creators the store did not know."""
    named: tuple[tuple[str, PromoterName], ...]
    """Names nobody had, and whom they mean now."""
    moved: tuple[MovedName, ...]
    kept: int
    """Names that mean whom they meant."""

    def __bool__(self) -> bool:
        return bool(self.added or self.named or self.moved)


def what_creators_change(connection: Connection, table: Sequence[NamedCreator]) -> TableChanges:
    """What `put_creators` would change; nothing is written."""
    everybody = {
        creator: name
        for creator, name in connection.execute(select(creators.c.id, creators.c.name))
    }
    known = {name: everybody[owner] for name, owner in known_promoters(connection).items()}
    wanted = {name: creator.name for creator in table for name in creator.called}
    added = tuple(each.name for each in table if each.name not in set(everybody.values()))
    named = tuple((owner, name) for name, owner in wanted.items() if name not in known)
    moved = tuple(
        MovedName(name, known[name], owner)
        for name, owner in wanted.items()
        if name in known and known[name] != owner
    )
    return TableChanges(added, named, moved, len(wanted) - len(named) - len(moved))


def named_with(
    connection: Connection, table: Sequence[NamedCreator]
) -> tuple[CreatorNames, dict[str, int]]:
    """What platforms call the creators, and their numbers by name, as if the table were put in.

    Those who would be added have numbers below 0, which nobody's lines have.
    """
    numbers = creators_by_name(connection)
    for number, creator in enumerate(table, start=1):
        numbers.setdefault(creator.name, -number)
    names: dict[tuple[Platform, str, str], int] = dict(known_promoters(connection))
    for creator in table:
        names |= dict.fromkeys(creator.called, numbers[creator.name])
    return CreatorNames(names), numbers


def put_creators(
    connection: Connection, table: Sequence[NamedCreator], now: datetime
) -> TableChanges:
    """Add the creators and what they are called; whoever the table leaves out stays as they are.

    Nobody's chat is bound or unbound by it.
    """
    changes = what_creators_change(connection, table)
    for added in changes.added:
        add_creator(connection, added, now)
    owners = [*changes.named, *((moved.after, moved.name) for moved in changes.moved)]
    for owner, (platform, kind, value) in owners:
        name_promoter(connection, platform, kind, value, add_creator(connection, owner, now))
    return changes
