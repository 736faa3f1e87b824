"""Erasing a person (删除): whatever is kept of somebody, when they ask for it."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from bot.store.tables import (
    audit_log,
    binding_codes,
    binding_requests,
    broadcasts,
    handoffs,
    metadata,
    outbox,
    quarantine,
    sending_pace,
)

__all__ = ["forget_person"]


def forget_person(connection: Connection, user: int) -> int:
    """Erase every row of a person; returns how many there were.

    It ends their bindings and subscriptions, and takes back what they were to be told. The orders
    stay: they are the creator's. So does what they did in the console, which must answer for it
    as long as the log is kept. The chat of a person has the person's number.
    """
    erased = _forget_letters_about(connection, user)
    for table in reversed(metadata.sorted_tables):
        if "user" in table.c and table is not audit_log:
            erased += connection.execute(table.delete().where(table.c.user == user)).rowcount
    for table in (outbox, sending_pace):
        erased += connection.execute(table.delete().where(table.c.chat == user)).rowcount
    connection.execute(
        binding_requests.update()
        .where(binding_requests.c.settled_by == user)
        .values(settled_by=None)
    )
    connection.execute(broadcasts.update().where(broadcasts.c.author == user).values(author=None))
    # That a code was used is kept: it must not work again.
    connection.execute(
        binding_codes.update().where(binding_codes.c.used_by == user).values(used_by=None)
    )
    _forget_whom_it_was_about(connection, user)
    return erased + _forget_quarantined(connection, user)


def _forget_letters_about(connection: Connection, user: int) -> int:
    """What others were told of a person: in their cases, or under a key that begins so."""
    beginning = f"about:{user}:"
    about = (outbox.c.key >= beginning) & (outbox.c.key < f"{beginning}\U0010ffff")
    cases = select(handoffs.c.id).where(handoffs.c.user == user)
    theirs = about | outbox.c.handoff.in_(cases)
    return connection.execute(outbox.delete().where(theirs)).rowcount


def _forget_whom_it_was_about(connection: Connection, user: int) -> None:
    """That the operator's people did something stays; to whom is forgotten."""
    theirs = audit_log.c.about == f"person:{user}"
    nobody = audit_log.update().where(theirs).values(about="person:", detail={})
    connection.execute(nobody)


def _forget_quarantined(connection: Connection, user: int) -> int:
    """Updates that were set aside are kept as text: whose they are is read from it."""
    suspects = connection.execute(
        select(quarantine.c.id, quarantine.c.body).where(quarantine.c.body.contains(str(user)))
    )
    theirs = [row for row, body in suspects if user in _senders(json.loads(body))]
    if theirs:
        connection.execute(quarantine.delete().where(quarantine.c.id.in_(theirs)))
    return len(theirs)


def _senders(body: Any) -> Iterable[Any]:
    """Whatever an update names by an `id`, at any depth: its sender, the chat, people in it."""
    children: Iterable[Any] = ()
    if isinstance(body, dict):
        yield body.get("id")
        children = body.values()
    elif isinstance(body, list):
        children = body
    for child in children:
        yield from _senders(child)
