"""Revisions of answers and rules (版本), and their publications (发布): the latest is in force.

A revision is its files, path → text; the same files are the same revision, however often they
are published. What the program ships is no row: it is revision None.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import orjson
from sqlalchemy import Connection, select

from bot.store.inserting import insert
from bot.store.tables import publications, revisions

__all__ = [
    "Publication",
    "current_revision",
    "keep_revision",
    "known_revision",
    "list_publications",
    "load_revision",
    "publish_revision",
]


@dataclass(frozen=True, slots=True)
class Publication:
    """Who put which revision into force, when, and why."""

    revision: int | None
    hash: str | None
    author: str
    note: str
    published_at: datetime


_latest = (
    select(publications.c.id, publications.c.revision).order_by(publications.c.id.desc()).limit(1)
)


def current_revision(connection: Connection) -> int | None:
    """The revision in force; None for what the program ships."""
    latest = connection.execute(_latest).one_or_none()
    return latest.revision if latest else None


def load_revision(connection: Connection, revision: int) -> dict[str, str] | None:
    """The files of a revision; None if there is no such revision."""
    files: dict[str, str] | None = connection.execute(
        select(revisions.c.files).where(revisions.c.id == revision)
    ).scalar_one_or_none()
    return files


def known_revision(connection: Connection, files: Mapping[str, str]) -> int | None:
    """The revision with exactly these files, if it was ever published."""
    found: int | None = connection.execute(
        select(revisions.c.id).where(revisions.c.hash == _hash(files))
    ).scalar_one_or_none()
    return found


def keep_revision(connection: Connection, files: Mapping[str, str]) -> int:
    """The revision with exactly these files, made if there is none."""
    row = {"hash": _hash(files), "files": dict(files)}
    connection.execute(insert(connection, revisions).values(row).on_conflict_do_nothing())
    kept: int = connection.execute(
        select(revisions.c.id).where(revisions.c.hash == row["hash"])
    ).scalar_one()
    return kept


def publish_revision(
    connection: Connection, revision: int | None, author: str, note: str, now: datetime
) -> None:
    """Put a revision into force, for the first time or again; None is what the program ships."""
    connection.execute(
        publications.insert().values(revision=revision, author=author, note=note, published_at=now)
    )


def list_publications(connection: Connection) -> list[Publication]:
    """All publications, the latest first."""
    rows = connection.execute(
        select(
            publications.c.revision,
            revisions.c.hash,
            publications.c.author,
            publications.c.note,
            publications.c.published_at,
        )
        .outerjoin(revisions, publications.c.revision == revisions.c.id)
        .order_by(publications.c.id.desc())
    )
    return [Publication(*row) for row in rows]


def _hash(files: Mapping[str, str]) -> str:
    return sha256(orjson.dumps(files, option=orjson.OPT_SORT_KEYS)).hexdigest()
