from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.store.revisions import (
    current_revision,
    keep_revision,
    known_revision,
    list_publications,
    load_revision,
    publish_revision,
)

FIRST = {"knowledge/jd.yaml": "每月 20 日"}
SECOND = {"knowledge/jd.yaml": "每月 21 日", "rules/jd.yaml": "{}"}


def test_without_a_publication_the_shipped_files_are_in_force(connection: Connection) -> None:
    assert current_revision(connection) is None
    assert list_publications(connection) == []


def test_the_latest_publication_is_in_force(connection: Connection, now: datetime) -> None:
    first, second = keep_revision(connection, FIRST), keep_revision(connection, SECOND)
    for revision in (first, second, first, None, second):
        publish_revision(connection, revision, "小编", "为什么", now)
        assert current_revision(connection) == revision
    assert load_revision(connection, second) == SECOND


def test_the_same_files_are_the_same_revision(connection: Connection) -> None:
    first = keep_revision(connection, SECOND)
    assert keep_revision(connection, dict(reversed(SECOND.items()))) == first
    assert known_revision(connection, SECOND) == first
    assert known_revision(connection, FIRST) is None
    assert keep_revision(connection, FIRST) != first


def test_there_is_no_such_revision(connection: Connection) -> None:
    assert load_revision(connection, 7) is None


def test_publications_say_who_when_and_why(connection: Connection, now: datetime) -> None:
    first = keep_revision(connection, FIRST)
    publish_revision(connection, first, "小编", "改日子", now)
    publish_revision(connection, None, "老板", "先回去", now + timedelta(hours=1))
    back, there = list_publications(connection)
    assert (back.revision, back.hash, back.author, back.note) == (None, None, "老板", "先回去")
    assert (there.revision, there.author, there.published_at) == (first, "小编", now)
    assert there.hash
