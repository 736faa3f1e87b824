"""Signing in to the console (登录): one-time links and sessions, of which only hashes are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.store.inserting import insert
from bot.store.tables import console_sessions, sign_in_links

__all__ = [
    "LINK_LIFETIME",
    "SEEN_EVERY",
    "SESSION_IDLE",
    "SESSION_LIFETIME",
    "Session",
    "end_session",
    "end_sessions_of",
    "find_session",
    "hash_token",
    "keep_link",
    "make_link",
    "note_seen",
    "open_session",
    "use_link",
    "use_once",
]

LINK_LIFETIME = timedelta(minutes=10)
SESSION_IDLE = timedelta(hours=12)
SESSION_LIFETIME = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a session was last used: not each look is worth a write."""
_NOBODY = 0


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in (会话); `hash` stands for the token in their browser."""

    hash: str
    user: int
    name: str
    made_at: datetime
    seen_at: datetime


def hash_token(token: str) -> str:
    """What is kept of a token; 256 random bits need no slower hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_link(connection: Connection, user: int, name: str, now: datetime) -> str:
    """The code of a new one-time link for a person, good for `LINK_LIFETIME`."""
    code = secrets.token_urlsafe(32)
    keep_link(connection, hash_token(code), user, name, now)
    return code


def keep_link(connection: Connection, hashed: str, user: int, name: str, now: datetime) -> None:
    """Keep that the code with this hash signs a person in, once; forget what has expired."""
    connection.execute(sign_in_links.delete().where(sign_in_links.c.expires_at < now))
    expires = now + LINK_LIFETIME
    row = {"hash": hashed, "user": user, "name": name, "expires_at": expires}
    connection.execute(insert(connection, sign_in_links).values(row).on_conflict_do_nothing())


def use_link(connection: Connection, code: str, now: datetime) -> tuple[int, str] | None:
    """Whom a code signs in, as user and name; None if it is unknown, used or too old."""
    links = sign_in_links.c
    used = connection.execute(
        sign_in_links.update()
        .where(links.hash == hash_token(code), links.used_at.is_(None), links.expires_at > now)
        .values(used_at=now)
        .returning(links.user, links.name)
    ).one_or_none()
    return (used.user, used.name) if used else None


def use_once(connection: Connection, proof: str, until: datetime, now: datetime) -> bool:
    """Whether this proof, itself good `until` then, comes for the first time.

    Whose it was is not kept: a proof somebody captured must not become good again by its owner's
    being erased.
    """
    connection.execute(sign_in_links.delete().where(sign_in_links.c.expires_at < now))
    row = {"hash": hash_token(proof), "user": _NOBODY, "name": "", "expires_at": until}
    kept = connection.execute(
        insert(connection, sign_in_links)
        .values(**row, used_at=now)
        .on_conflict_do_nothing()
        .returning(sign_in_links.c.hash)
    ).one_or_none()
    return kept is not None


def open_session(connection: Connection, user: int, name: str, now: datetime) -> str:
    """The token of a new session; sessions that have ended are forgotten."""
    made = console_sessions.c.made_at
    connection.execute(console_sessions.delete().where(made <= now - SESSION_LIFETIME))
    token = secrets.token_urlsafe(32)
    row = {"hash": hash_token(token), "user": user, "name": name, "made_at": now, "seen_at": now}
    connection.execute(console_sessions.insert().values(row))
    return token


def find_session(connection: Connection, token: str, now: datetime) -> Session | None:
    """The session of a token, unless it is unknown or has ended."""
    columns = console_sessions.c
    found = connection.execute(
        select(console_sessions).where(
            columns.hash == hash_token(token),
            columns.seen_at > now - SESSION_IDLE,
            columns.made_at > now - SESSION_LIFETIME,
        )
    ).one_or_none()
    return Session(*found) if found else None


def note_seen(connection: Connection, session: Session, now: datetime) -> None:
    """Keep that a session is in use."""
    columns = console_sessions.c
    connection.execute(
        console_sessions.update()
        .where(columns.hash == session.hash, columns.seen_at < now)
        .values(seen_at=now)
    )


def end_session(connection: Connection, session: Session) -> None:
    """Sign out in one browser."""
    connection.execute(console_sessions.delete().where(console_sessions.c.hash == session.hash))


def end_sessions_of(connection: Connection, user: int) -> None:
    """Sign a person out everywhere; their unused links are worth nothing either."""
    connection.execute(console_sessions.delete().where(console_sessions.c.user == user))
    unused = sign_in_links.c.used_at.is_(None)
    connection.execute(sign_in_links.delete().where(sign_in_links.c.user == user, unused))
