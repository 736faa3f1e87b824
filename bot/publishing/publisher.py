"""Putting a checked edit into force (发布), from the command line or from a watched folder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from bot.publishing.candidate import SHIPPED, Folders, Refused, check, check_readable, read_folders
from bot.store.revisions import (
    current_revision,
    keep_revision,
    known_revision,
    load_revision,
    publish_revision,
)
from bot.store.transactions import reads
from knowledge.matcher import Matcher

__all__ = [
    "By",
    "Published",
    "Unchanged",
    "files_in_force",
    "files_of",
    "publish_again",
    "publish_folders",
]


@dataclass(frozen=True, slots=True)
class By:
    """Who publishes, and why."""

    author: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A revision was put into force; None is what the program ships.

    `unwritten` says why an editor's folder could not follow, one line a cause.
    """

    revision: int | None
    unwritten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing was published: `revision` stays in force.

    `known` is the revision of the folders if somebody has gone back from it.
    """

    revision: int | None
    known: int | None = None


def files_in_force(connection: Connection) -> Mapping[str, str]:
    """The files of the current revision; none for what the program ships."""
    return files_of(connection, current_revision(connection))


def files_of(connection: Connection, revision: int | None) -> Mapping[str, str]:
    """The files of a revision; none for what the program ships."""
    files = SHIPPED if revision is None else load_revision(connection, revision)
    return files or SHIPPED


def publish_folders(
    engine: Engine,
    folders: Folders,
    by: By,
    now: datetime,
    *,
    only_new: bool = False,
    before: Matcher | None = None,
) -> Published | Unchanged | Refused:
    """Publish what the folders hold, if it passes the check and is not in force already.

    With `only_new`, a revision that was in force before is left alone: whoever went back from
    it does not want it again because a bot restarts. `before` is the matcher in force, if at hand.
    """
    with reads(engine) as connection:
        current = current_revision(connection)
        files = read_folders(folders, files_of(connection, current))
        if isinstance(files, Refused):
            return files
        known = known_revision(connection, files)
    if known == current and (known is not None or not files):
        return Unchanged(current)
    if only_new and known is not None:
        return Unchanged(current, known)
    checked = check(files, before)
    if isinstance(checked, Refused):
        return checked
    with engine.begin() as connection:
        revision = keep_revision(connection, files)
        publish_revision(connection, revision, by.author, by.note, now)
    return Published(revision)


def publish_again(
    engine: Engine,
    revision: int | None,
    by: By,
    now: datetime,
    also: Callable[[Connection], None] | None = None,
) -> Published | Refused:
    """Go back to a revision that was published before, or to what the program ships (None).

    `also` writes what belongs to it in the same transaction.
    """
    with reads(engine) as connection:
        files = load_revision(connection, revision) if revision is not None else SHIPPED
    if files is None:
        problem = "there is no such revision; see mingzhang knowledge revisions"
        return Refused((f"--revision {revision}: {problem}",))
    if refused := check_readable(files):
        return refused
    with engine.begin() as connection:
        publish_revision(connection, revision, by.author, by.note, now)
        if also:
            also(connection)
    return Published(revision)
