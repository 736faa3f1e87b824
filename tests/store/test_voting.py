from collections.abc import Callable
from datetime import datetime, timedelta

import orjson
import pytest
from sqlalchemy import Connection

from bot.commands import opinions as command
from bot.desk.effects import Vote
from bot.store.database import open_engine
from bot.store.voting import Opinion, Tally, opinions, tallies, vote

ENTRY, OTHER = "1688.payout.when", "jd.settle.how_long"
Show = Callable[..., str]


def test_the_last_vote_of_a_person_counts(connection: Connection, now: datetime) -> None:
    vote(connection, 1, Vote(ENTRY, False, "r1", "wrong"), now)
    vote(connection, 1, Vote(ENTRY, True, "r2"), now)
    vote(connection, 2, Vote(ENTRY, True, "r2"), now)
    assert tallies(connection) == [Tally(ENTRY, 2, 0)]
    assert opinions(connection) == []


def test_a_reason_and_words_add_to_a_vote(connection: Connection, now: datetime) -> None:
    vote(connection, 1, Vote(ENTRY, False, "r1"), now)
    vote(connection, 1, Vote(ENTRY, False, "r1", reason="unclear"), now)
    vote(connection, 1, Vote(ENTRY, False, "r1", words="太绕"), now)
    assert opinions(connection) == [Opinion(ENTRY, "unclear", "太绕", "r1", now)]


def test_the_least_helpful_come_first_and_the_latest_words(
    connection: Connection, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    vote(connection, 1, Vote(OTHER, True, "r1"), now)
    vote(connection, 1, Vote(ENTRY, False, "r1", words="一"), now)
    vote(connection, 2, Vote(ENTRY, False, "r1", words="二"), later)
    assert [each.entry for each in tallies(connection)] == [ENTRY, OTHER]
    assert [each.words for each in opinions(connection, ENTRY)] == ["二", "一"]
    assert opinions(connection, OTHER) == []


@pytest.fixture
def show(
    sqlite_database: str,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Show:
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", sqlite_database)

    def run(entry: str | None = None, *, as_json: bool = False) -> str:
        command.show(entry, as_json=as_json)
        return capfdbinary.readouterr().out.decode()

    return run


def test_the_operator_reads_what_was_wrong(
    show: Show, sqlite_database: str, now: datetime
) -> None:
    assert show() == "还没有人评价过答案\n"
    store = open_engine(sqlite_database)
    with store.begin() as connection:
        vote(connection, 1, Vote(ENTRY, False, "r1", reason="unclear", words="太绕\n了"), now)
        vote(connection, 2, Vote(ENTRY, True, "r1"), now)
    store.dispose()
    assert show() == f"{ENTRY} 👍 1 👎 1\n    2026-09-15 看不懂 太绕 了\n"
    told = orjson.loads(show(ENTRY, as_json=True))
    assert (told["helpful"], told["unhelpful"]) == (1, 1)
    assert told["opinions"][0]["words"] == "太绕\n了"
    assert show(OTHER, as_json=True) == ""
