"""Edits made in the console (网页改动): checked, published, and put into the editor's folder.

What is in force is the revision in the database; a folder is its editor's form of it. An edit
says which text it began from: if that is not what is in force any more, or the folder holds work
that was never published, it is a conflict, and nothing is lost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine

from bot.publishing.candidate import (
    KNOWLEDGE,
    Checked,
    Folders,
    Refused,
    check,
    files_under,
    read_folders,
)
from bot.publishing.folder import put_in_place, read_folder
from bot.publishing.publisher import By, Published, Unchanged, files_in_force, publish_again
from bot.publishing.versioned import commit
from bot.store.locks import hold
from bot.store.revisions import (
    current_revision,
    keep_revision,
    known_revision,
    publish_revision,
)
from bot.store.transactions import reads, transact
from knowledge.loader import shipped_files
from knowledge.matcher import Matcher

__all__ = ["Conflict", "Edit", "checked_edits", "go_back", "publish_edits", "working_files"]

Also = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Edit:
    """A file before and after; None is a file that was not there, or shall not be."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """These files were changed meanwhile, by another editor or in the folder."""

    paths: tuple[str, ...]


def working_files(connection: Connection) -> dict[str, str]:
    """What an editor of answers begins from: the files in force, the shipped ones if none are."""
    return _with_answers(dict(files_in_force(connection)))


def checked_edits(
    engine: Engine, edits: Mapping[str, Edit], before: Matcher | None = None
) -> Checked | Refused | Conflict:
    """What the edits would make of what is in force, if nothing stands against it."""
    _, working = _working(engine, edits)
    return _checked(working, edits, before)


def publish_edits(
    engine: Engine,
    folders: Folders,
    edits: Mapping[str, Edit],
    by: By,
    now: datetime,
    *,
    before: Matcher | None = None,
    also: Also | None = None,
) -> Published | Unchanged | Refused | Conflict:
    """Put edits into force at once, or say what stands against it.

    `also` writes what belongs to it in the same transaction, and only then. The edit is live
    even if the folder could not be written: `unwritten` of what is published says why.
    """
    while True:
        revision, working = _working(engine, edits)
        if all(edit.before == edit.after for edit in edits.values()):
            return Unchanged(revision)
        checked = _checked(working, edits, before)
        if not isinstance(checked, Checked):
            return checked
        if stopped := _unpublished(engine, folders, working):
            return stopped
        put = partial(_publish, revision, checked, by, now, also)
        if (published := transact(engine, put)) is not None:
            return Published(published, _put_into(folders, checked.files, by))


def go_back(
    engine: Engine,
    folders: Folders,
    revision: int | None,
    by: By,
    now: datetime,
    also: Also | None = None,
) -> Published | Refused | Conflict:
    """Put a revision into force again, and bring the folders to it.

    None is what the program ships: then the folders stay as they are, and that is told.
    """
    with reads(engine) as connection:
        before = dict(files_in_force(connection))
    if stopped := _unpublished(engine, folders, before):
        return stopped
    outcome = publish_again(engine, revision, by, now, also)
    if isinstance(outcome, Refused) or not folders.given:
        return outcome
    if revision is None:
        return Published(None, tuple(f"{folder}: unchanged" for _, folder in folders.given))
    with reads(engine) as connection:
        files = files_in_force(connection)
    return Published(revision, _put_into(folders, files, by))


def _checked(
    working: Mapping[str, str], edits: Mapping[str, Edit], before: Matcher | None
) -> Checked | Refused | Conflict:
    stale = tuple(path for path, edit in edits.items() if working.get(path) != edit.before)
    return Conflict(stale) if stale else check(_edited(working, edits), before)


def _publish(
    begun_from: int | None,
    checked: Checked,
    by: By,
    now: datetime,
    also: Also | None,
    connection: Connection,
) -> int | None:
    """The new revision; None if another was published since, so that all is to be seen again."""
    hold(connection, {("publishing", 0)})
    if current_revision(connection) != begun_from:
        return None
    revision = keep_revision(connection, checked.files)
    publish_revision(connection, revision, by.author, by.note, now)
    if also:
        also(connection)
    return revision


def _unpublished(
    engine: Engine, folders: Folders, working: Mapping[str, str]
) -> Refused | Conflict | None:
    """What the folder holds that was never in force: somebody is at work there."""
    if not folders.given:
        return None
    found = read_folders(folders, working)
    if isinstance(found, Refused):
        return found
    with reads(engine) as connection:
        if found == working or known_revision(connection, found) is not None:
            return None
    both = found.keys() | working.keys()
    return Conflict(tuple(sorted(path for path in both if found.get(path) != working.get(path))))


def _put_into(folders: Folders, files: Mapping[str, str], by: By) -> tuple[str, ...]:
    """Bring the folders up to what was published; what could not be done, a line each."""
    problems = []
    for prefix, folder in folders.given:
        written, problem = _written(folder, files_under(files, prefix))
        problem = problem or commit(folder, written, by.author, by.note or "Edit in the console")
        if problem:
            problems.append(f"{folder}: {problem}")
    return tuple(problems)


def _written(folder: Path, wanted: Mapping[str, str]) -> tuple[list[str], str | None]:
    """The files that had to be written or taken away, and what stood in the way of the rest."""
    written = []
    found = read_folder(folder, deep=True)
    outdated = () if isinstance(found, Refused) else found.keys() - wanted.keys()
    try:
        for name in sorted(outdated):
            (folder / name).unlink()
            written.append(name)
        for name, text in wanted.items():
            path, content = folder / name, text.encode()
            if not path.is_file() or path.read_bytes() != content:
                put_in_place(path, content)
                written.append(name)
    except OSError as error:
        return written, error.strerror or type(error).__name__
    return written, None


def _edited(working: Mapping[str, str], edits: Mapping[str, Edit]) -> dict[str, str]:
    files = {path: text for path, text in working.items() if path not in edits}
    return files | {path: each.after for path, each in edits.items() if each.after is not None}


def _with_answers(files: dict[str, str]) -> dict[str, str]:
    if files_under(files, KNOWLEDGE):
        return files
    return files | {KNOWLEDGE + name: text for name, text in shipped_files().items()}


def _working(engine: Engine, edits: Mapping[str, Edit]) -> tuple[int | None, dict[str, str]]:
    """The revision in force and its files; the shipped answers only where one is edited.

    Else a new figure would keep the answers of this version of the program for good.
    """
    with reads(engine) as connection:
        revision, files = current_revision(connection), dict(files_in_force(connection))
    edits_answers = any(path.startswith(KNOWLEDGE) for path in edits)
    return revision, _with_answers(files) if edits_answers else files
