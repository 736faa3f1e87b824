"""What the operator sees of messages that went wrong, and what he may do about them."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from bot.commands import outbox as command
from bot.commands.failure import CommandFailed
from bot.desk.facts import Dialogue
from bot.desk.replies import Say, Toast
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.people import Acquaintance, remember
from bot.store.tables import outbox
from bot.store.troubled import NotTroubledError, drop, resend, troubled, uncertain_ids
from tests.store.taking import BOT, take

UNCERTAIN, FAILED, TOAST, SENT = 1, 2, 3, 4


@pytest.fixture(autouse=True)
def rows(engine: Engine, now: datetime) -> None:
    """One row of each sort; their ids are as above."""
    letters = [
        Letter("push", Kind.PUSH, 7, Say("<b>9.80</b> 元"), 7, bot=BOT),
        Letter("answer", Kind.ANSWER, 8, Say("答"), 8, bot=BOT),
        Letter("toast", Kind.TOAST, 9, Toast("q", "好"), 9, bot=BOT),
        Letter("sent", Kind.ANSWER, 9, Say("到"), 9, bot=BOT),
    ]
    states = {UNCERTAIN: "uncertain", FAILED: "failed", TOAST: "failed", SENT: "sent"}
    with engine.begin() as connection:
        remember(connection, [Acquaintance(7, 7, "七", "en", Dialogue(), BOT)], now)
        enqueue(connection, letters, now)
        for row, state in states.items():
            values = {"state": state, "reason": "502 Bad Gateway", "settled_at": now}
            connection.execute(outbox.update().where(outbox.c.id == row).values(values))


@pytest.fixture(autouse=True)
def environment(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database)


@pytest.fixture
def printed(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[[], str]:
    return lambda: capsysbinary.readouterr().out.decode()


def states(connection: Connection) -> list[str]:
    return list(connection.execute(select(outbox.c.state).order_by(outbox.c.id)).scalars())


def test_what_failed_or_is_uncertain_is_listed(connection: Connection) -> None:
    found = [(each.id, each.state, each.text) for each in troubled(connection)]
    assert found == [(1, "uncertain", "9.80 元"), (2, "failed", "答"), (3, "failed", "好")]
    assert uncertain_ids(connection) == [UNCERTAIN]


def test_what_may_have_arrived_says_that_it_is_sent_again(
    connection: Connection, now: datetime
) -> None:
    assert resend(connection, [UNCERTAIN, FAILED], now) == 2
    said = {row.chat: row.reply for row in take(connection, now)}
    assert said == {7: Say("(sent again)\n<b>9.80</b> 元"), 8: Say("答")}


def test_a_row_is_put_back_once(connection: Connection, now: datetime) -> None:
    resend(connection, [UNCERTAIN, UNCERTAIN], now)
    with pytest.raises(NotTroubledError, match="row 1 is neither failed nor uncertain"):
        resend(connection, [UNCERTAIN], now)
    assert len(take(connection, now)) == 1


def test_it_counts_from_now_whether_it_came_too_late(
    connection: Connection, now: datetime
) -> None:
    later = now + timedelta(days=5)
    connection.execute(outbox.update().values(send_until=now))
    resend(connection, [UNCERTAIN], later)
    (row,) = take(connection, later)
    assert row.created_at == later


def test_the_mark_is_not_repeated(connection: Connection, now: datetime) -> None:
    for _ in range(2):
        resend(connection, [UNCERTAIN], now)
        (row,) = take(connection, now)
        connection.execute(
            outbox.update().where(outbox.c.id == row.id).values(state="uncertain", settled_at=now)
        )
    assert row.reply == Say("(sent again)\n<b>9.80</b> 元")


def test_what_is_dropped_is_forgotten_but_not_planned_again(
    connection: Connection, now: datetime
) -> None:
    assert drop(connection, [UNCERTAIN, TOAST], now) == 2
    assert states(connection) == ["dropped", "failed", "dropped", "sent"]
    payloads = connection.execute(select(outbox.c.payload).where(outbox.c.state == "dropped"))
    assert "9.80" not in str(payloads.all())
    again = Letter("push", Kind.PUSH, 7, Say("9.80"), 7, bot=BOT)
    assert enqueue(connection, [again], now) == 0


@pytest.mark.parametrize("wrong", [SENT, 99, 0, -1, 2**63, -(2**80)])
def test_one_wrong_number_changes_nothing(
    wrong: int, connection: Connection, now: datetime
) -> None:
    before = states(connection)
    for act in (resend, drop):
        with pytest.raises(NotTroubledError):
            act(connection, [UNCERTAIN, wrong], now)
    assert states(connection) == before


def test_the_command_lists_without_what_was_said(printed: Callable[[], str]) -> None:
    command.show(as_json=False, with_text=False)
    first, *_ = listed = printed().splitlines()
    assert first == "1 不确定 推送 聊天 7 2026-09-15 09:00 502 Bad Gateway"
    assert len(listed) == 3
    command.show(as_json=False, with_text=True)
    assert "9.80 元" in printed()


def test_the_command_lists_as_json(printed: Callable[[], str]) -> None:
    command.show(as_json=True, with_text=False)
    first, *_ = (json.loads(line) for line in printed().splitlines())
    assert first == {
        "id": 1,
        "state": "uncertain",
        "kind": "push",
        "chat": 7,
        "at": "2026-09-15T01:00:00+00:00",
        "attempts": 0,
        "reason": "502 Bad Gateway",
    }
    command.show(as_json=True, with_text=True)
    assert "9.80 元" in printed()


def test_the_command_resends_and_drops(printed: Callable[[], str], engine: Engine) -> None:
    command.resend([], all_uncertain=True)
    command.resend([FAILED], all_uncertain=False)
    command.drop([TOAST])
    said = printed()
    assert said.count("已放回发件箱 1 条") == 2
    assert "已放弃 1 条" in said
    with engine.connect() as connection:
        assert states(connection) == ["pending", "pending", "dropped", "sent"]
    command.show(as_json=False, with_text=False)
    assert "没有失败的消息" in printed()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: command.resend([99], all_uncertain=False), r"第 99 号.*什么都没有改"),
        (lambda: command.drop([UNCERTAIN, SENT]), r"第 4 号.*mingzhang outbox"),
        (lambda: command.resend([], all_uncertain=False), "--all-uncertain"),
        (lambda: command.resend([1], all_uncertain=True), "--all-uncertain"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(wrong: Callable[[], None], words: str) -> None:
    with pytest.raises(CommandFailed, match=words) as failure:
        wrong()
    assert "\n" not in str(failure.value)
