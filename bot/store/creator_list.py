"""Creators as the operator looks them up (达人名录): a page of them, or one with all of hers."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, or_, select

from bot.store.creators import names_of
from bot.store.tables import binding_codes, bindings, creators, order_lines, people, promoters
from settlement.creators_file import PromoterName

__all__ = [
    "BoundPerson",
    "CreatorDetails",
    "ListedCreator",
    "creator_details",
    "creators_listed",
]


class ListedCreator(NamedTuple):
    """A creator in a list: how many people see the orders, and by how many names she goes."""

    id: int
    name: str
    people: int
    names: int
    merging: bool


class BoundPerson(NamedTuple):
    """Somebody who sees a creator's orders; `name` is empty if we never heard from them."""

    user: int
    name: str
    bound_at: datetime
    seen_at: datetime | None
    blocked: bool


class CreatorDetails(NamedTuple):
    """A creator with all that is hers; `links` are when the unused binding links run out."""

    id: int
    name: str
    created_at: datetime
    merging_into: int | None
    lines: int
    people: tuple[BoundPerson, ...]
    names: tuple[PromoterName, ...]
    links: tuple[datetime, ...]


def creators_listed(
    connection: Connection, *, search: str = "", after: str = "", count: int = 50
) -> list[ListedCreator]:
    """Creators by name, those after a name; whose name or platform's name has `search` in it."""
    statement = (
        select(
            creators.c.id,
            creators.c.name,
            _count(bindings, bindings.c.ended_at.is_(None)),
            _count(promoters),
            creators.c.merging_into,
        )
        .where(creators.c.name > after)
        .order_by(creators.c.name)
        .limit(count)
    )
    if search:
        statement = statement.where(_matches(search))
    found = connection.execute(statement)
    return [
        ListedCreator(id_, name, people, names, into is not None)
        for id_, name, people, names, into in found
    ]


def _count(table: Any, *only: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.count()).select_from(table)
    return counted.where(table.c.creator == creators.c.id, *only).scalar_subquery()


def _matches(search: str) -> ColumnElement[bool]:
    called = select(promoters.c.creator).where(
        promoters.c.value.icontains(search, autoescape=True)
    )
    return or_(creators.c.name.icontains(search, autoescape=True), creators.c.id.in_(called))


def creator_details(connection: Connection, creator: int, now: datetime) -> CreatorDetails | None:
    """One creator; None if there is none of that number."""
    row = connection.execute(select(creators).where(creators.c.id == creator)).one_or_none()
    if row is None:
        return None
    lines = select(func.count()).select_from(order_lines).where(order_lines.c.creator == creator)
    return CreatorDetails(
        row.id,
        row.name,
        row.created_at,
        row.merging_into,
        connection.execute(lines).scalar_one(),
        tuple(_bound(connection, creator)),
        names_of(connection, creator),
        tuple(_links(connection, creator, now)),
    )


def _bound(connection: Connection, creator: int) -> list[BoundPerson]:
    found = connection.execute(
        select(
            bindings.c.user,
            func.coalesce(people.c.name, ""),
            bindings.c.bound_at,
            people.c.seen_at,
            people.c.blocked_at,
        )
        .outerjoin(people, people.c.user == bindings.c.user)
        .where(bindings.c.creator == creator, bindings.c.ended_at.is_(None))
        .order_by(bindings.c.id)
    )
    return [
        BoundPerson(user, name, bound_at, seen_at, blocked_at is not None)
        for user, name, bound_at, seen_at, blocked_at in found
    ]


def _links(connection: Connection, creator: int, now: datetime) -> list[datetime]:
    unused = (
        (binding_codes.c.creator == creator)
        & binding_codes.c.used_at.is_(None)
        & (binding_codes.c.expires_at > now)
    )
    ends = select(binding_codes.c.expires_at).where(unused).order_by(binding_codes.c.expires_at)
    return list(connection.execute(ends).scalars())
