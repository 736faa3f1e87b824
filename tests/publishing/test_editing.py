"""Edits of the console: live at once, written into the folder, and nobody's work lost."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from bot.publishing.candidate import Folders, Refused
from bot.publishing.editing import Conflict, Edit, go_back, publish_edits, working_files
from bot.publishing.publisher import By, Published, Unchanged, files_in_force, publish_folders
from bot.store.revisions import current_revision, list_publications
from bot.store.transactions import transact

BY = By("小编 <x>\n", "加一种问法")
FILE = "knowledge/jd.yaml"
Write = Callable[..., None]

on_one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What is about files and not about tables."""


@pytest.fixture
def text(engine: Engine, folders: Folders, write: Write, now: datetime) -> str:
    """What is in force, from the folder."""
    write("每月 20 日。")
    assert publish_folders(engine, folders, By("x"), now) == Published(1)
    return in_force(engine)[FILE]


def in_force(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return dict(files_in_force(connection))


def in_folder(folders: Folders) -> str:
    assert folders.knowledge
    return (folders.knowledge / "jd.yaml").read_text("utf-8")


def edited(text: str) -> dict[str, Edit]:
    return {FILE: Edit(text, text.replace("每月 20 日", "每月 21 日"))}


def test_it_is_in_force_and_in_the_folder_and_the_watcher_finds_nothing_to_do(
    engine: Engine, folders: Folders, now: datetime, text: str
) -> None:
    assert publish_edits(engine, folders, edited(text), BY, now) == Published(2)
    assert "每月 21 日" in in_force(engine)[FILE]
    assert in_folder(folders) == in_force(engine)[FILE]
    assert publish_folders(engine, folders, By("watcher"), now) == Unchanged(2)


def test_what_is_the_same_is_not_published(
    engine: Engine, folders: Folders, now: datetime, text: str
) -> None:
    assert publish_edits(engine, folders, {FILE: Edit(text, text)}, BY, now) == Unchanged(1)


@on_one_database
def test_without_a_folder_it_begins_from_the_shipped_answers(
    engine: Engine, now: datetime
) -> None:
    with engine.connect() as connection:
        before = working_files(connection)
    after = before[FILE].replace("京东带货有成交额为什么没有佣金", "京东带货有成交额怎么没有佣金")
    outcome = publish_edits(engine, Folders(), {FILE: Edit(before[FILE], after)}, BY, now)
    assert outcome == Published(1)
    assert in_force(engine) == before | {FILE: after}


def test_an_edit_of_what_is_no_longer_in_force_is_a_conflict(
    engine: Engine, folders: Folders, now: datetime, text: str
) -> None:
    publish_edits(engine, folders, edited(text), BY, now)
    other = {FILE: Edit(text, text.replace("会被扣回", "会被收回"))}
    assert publish_edits(engine, folders, other, BY, now) == Conflict((FILE,))
    assert "会被扣回" in in_force(engine)[FILE]


@on_one_database
def test_unpublished_work_in_the_folder_is_a_conflict_and_stays(
    engine: Engine, folders: Folders, write: Write, now: datetime, text: str
) -> None:
    write("<b>半截")
    assert publish_edits(engine, folders, edited(text), BY, now) == Conflict((FILE,))
    assert "<b>半截" in in_folder(folders)
    with engine.connect() as connection:
        assert current_revision(connection) == 1


@on_one_database
def test_a_folder_that_only_fell_behind_is_brought_up(
    engine: Engine, folders: Folders, now: datetime, text: str
) -> None:
    publish_edits(engine, Folders(), edited(text), BY, now)
    assert "每月 20 日" in in_folder(folders)
    now_in_force = in_force(engine)[FILE]
    again = {FILE: Edit(now_in_force, now_in_force.replace("会被扣回", "会被收回"))}
    assert publish_edits(engine, folders, again, BY, now) == Published(3)
    assert in_folder(folders) == in_force(engine)[FILE]


@on_one_database
def test_what_the_check_refuses_is_neither_published_nor_written(
    engine: Engine, folders: Folders, now: datetime, text: str
) -> None:
    broken = {FILE: Edit(text, text.replace("每月 20 日", "<b>每月 21 日"))}
    outcome = publish_edits(engine, folders, broken, BY, now)
    assert isinstance(outcome, Refused)
    assert "does not close <b>" in outcome.problems[0]
    assert in_folder(folders) == text == in_force(engine)[FILE]


def test_what_belongs_to_it_is_written_with_it_or_not_at_all(
    engine: Engine, folders: Folders, now: datetime, text: str
) -> None:
    def fail(connection: Connection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publish_edits(engine, folders, edited(text), BY, now, also=fail)
    with engine.connect() as connection:
        assert len(list_publications(connection)) == 1
    assert in_folder(folders) == text


def test_somebody_elses_file_published_meanwhile_is_kept(
    engine: Engine, folders: Folders, now: datetime, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the check and the transaction another editor publishes another file."""
    known, others = transact, iter([{"rules/jd.yaml": Edit(None, "# 京东\n")}, None])

    def beaten(engine: Engine, work: Callable[[Connection], Any]) -> Any:
        if edits := next(others):
            monkeypatch.setattr("bot.publishing.editing.transact", known)
            assert publish_edits(engine, Folders(), edits, BY, now) == Published(2)
            monkeypatch.setattr("bot.publishing.editing.transact", beaten)
        return known(engine, work)

    monkeypatch.setattr("bot.publishing.editing.transact", beaten)
    outcome = publish_edits(engine, Folders(), edited(text), BY, now)
    assert outcome == Published(3)
    assert set(in_force(engine)) == {FILE, "rules/jd.yaml"}
    assert "每月 21 日" in in_force(engine)[FILE]


@on_one_database
def test_who_may_write_a_file_stays_as_it_was(
    engine: Engine, folders: Folders, now: datetime, text: str
) -> None:
    assert folders.knowledge
    file = folders.knowledge / "jd.yaml"
    file.chmod(0o664)
    assert publish_edits(engine, folders, edited(text), BY, now) == Published(2)
    assert file.stat().st_mode & 0o777 == 0o664
    assert [path.name for path in folders.knowledge.iterdir()] == ["jd.yaml"]


@on_one_database
def test_a_folder_that_cannot_be_written_is_told_and_the_edit_is_live(
    engine: Engine, folders: Folders, now: datetime, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.publishing.editing.put_in_place", full)
    outcome = publish_edits(engine, folders, edited(text), BY, now)
    assert outcome == Published(2, (f"{folders.knowledge}: No space left on device",))
    assert "每月 21 日" in in_force(engine)[FILE]


@pytest.fixture
def repository(folders: Folders) -> Path:
    if not shutil.which("git"):
        pytest.skip("git is not installed: apt-get install git")
    assert folders.knowledge
    git(folders.knowledge, "init", "--quiet")
    return folders.knowledge


def git(folder: Path, *words: str) -> str:
    ours = ("git", "-c", "user.name=x", "-c", "user.email=x@localhost", "-C", str(folder))
    return subprocess.run((*ours, *words), check=True, capture_output=True, text=True).stdout  # noqa: S603


@on_one_database
def test_in_a_repository_it_is_a_commit_of_the_editor_and_of_nothing_else(
    engine: Engine, repository: Path, folders: Folders, now: datetime, text: str
) -> None:
    (repository / "notes.txt").write_text("not ours")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "begin")
    (repository / "notes.txt").write_text("still at work")
    git(repository, "add", "notes.txt")
    assert publish_edits(engine, folders, edited(text), BY, now) == Published(2)
    assert git(repository, "log", "-1", "--format=%an|%s") == "小编 x|加一种问法\n"
    assert git(repository, "show", "--format=", "--name-only") == "jd.yaml\n"
    assert git(repository, "status", "--short") == "M  notes.txt\n"


@on_one_database
def test_a_commit_that_fails_is_told_and_the_edit_is_live(
    engine: Engine, repository: Path, folders: Folders, now: datetime, text: str
) -> None:
    hook = repository / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    outcome = publish_edits(engine, folders, edited(text), BY, now)
    assert outcome == Published(2, (f"{repository}: git: not today",))
    assert "每月 21 日" in in_force(engine)[FILE]


@on_one_database
def test_an_edit_of_the_rules_leaves_the_shipped_answers_to_the_program(
    engine: Engine, now: datetime
) -> None:
    assert publish_edits(
        engine, Folders(), {"rules/jd.yaml": Edit(None, "# 京东\n")}, BY, now
    ) == Published(1)
    assert set(in_force(engine)) == {"rules/jd.yaml"}


@on_one_database
def test_going_back_brings_the_folder_along_but_not_over_unpublished_work(
    engine: Engine, folders: Folders, write: Write, now: datetime, text: str
) -> None:
    publish_edits(engine, folders, edited(text), BY, now)
    assert go_back(engine, folders, 1, BY, now) == Published(1)
    assert in_folder(folders) == text == in_force(engine)[FILE]
    shipped = go_back(engine, folders, None, BY, now)
    assert shipped == Published(None, tuple(f"{f}: unchanged" for _, f in folders.given))
    write("<b>半截")
    assert go_back(engine, folders, 2, BY, now) == Conflict((FILE,))
    assert "<b>半截" in in_folder(folders)
