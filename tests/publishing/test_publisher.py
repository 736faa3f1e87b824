from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from bot.publishing.candidate import Folders, Refused
from bot.publishing.publisher import (
    By,
    Published,
    Unchanged,
    files_in_force,
    publish_again,
    publish_folders,
)
from bot.store.revisions import current_revision, keep_revision, list_publications

BY = By("小编")
Write = Callable[..., None]


def answers(engine: Engine) -> str:
    with engine.begin() as connection:
        return files_in_force(connection).get("knowledge/jd.yaml", "shipped")


def test_an_edit_is_published_once(
    engine: Engine, folders: Folders, write: Write, now: datetime
) -> None:
    write("每月 20 日。")
    assert publish_folders(engine, folders, BY, now) == Published(1)
    assert "每月 20 日。" in answers(engine)
    assert publish_folders(engine, folders, BY, now) == Unchanged(1)
    write("每月 21 日。")
    assert publish_folders(engine, folders, BY, now) == Published(2)
    with engine.begin() as connection:
        assert [each.revision for each in list_publications(connection)] == [2, 1]


def test_a_broken_edit_leaves_the_old_one_in_force(
    engine: Engine, folders: Folders, write: Write, now: datetime
) -> None:
    write("每月 20 日。")
    publish_folders(engine, folders, BY, now)
    write("<b>每月 21 日。")
    outcome = publish_folders(engine, folders, BY, now)
    assert isinstance(outcome, Refused)
    assert "does not close <b>" in outcome.problems[0]
    assert "每月 20 日。" in answers(engine)


def test_going_back_and_forth(
    engine: Engine, folders: Folders, write: Write, now: datetime
) -> None:
    for day in (20, 21):
        write(f"每月 {day} 日。")
        publish_folders(engine, folders, BY, now)
    assert publish_again(engine, 1, BY, now) == Published(1)
    assert "每月 20 日。" in answers(engine)
    assert publish_again(engine, None, BY, now) == Published(None)
    assert answers(engine) == "shipped"
    assert publish_folders(engine, folders, BY, now) == Published(2)


def test_what_was_gone_back_from_does_not_return_by_a_restart(
    engine: Engine, folders: Folders, write: Write, now: datetime
) -> None:
    write("每月 20 日。")
    publish_folders(engine, folders, BY, now)
    publish_again(engine, None, BY, now)
    assert publish_folders(engine, folders, BY, now, only_new=True) == Unchanged(None, 1)
    write("每月 21 日。")
    assert publish_folders(engine, folders, BY, now, only_new=True) == Published(2)


def test_no_such_revision_is_named_and_nothing_changes(engine: Engine, now: datetime) -> None:
    refused = publish_again(engine, 7, BY, now)
    assert isinstance(refused, Refused)
    assert "--revision 7: there is no such revision" in refused.problems[0]
    with engine.begin() as connection:
        assert current_revision(connection) is None


def test_a_revision_this_program_cannot_read_is_not_gone_back_to(
    engine: Engine, now: datetime
) -> None:
    with engine.begin() as connection:
        keep_revision(connection, {"knowledge/jd.yaml": "- {id: jd.a.b}"})
    refused = publish_again(engine, 1, BY, now)
    assert isinstance(refused, Refused)
    assert "jd.a.b: platform: is missing" in refused.problems[0]
