"""Who is told of a message that could not be handled, in which words, how often."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.desk.facts import Dialogue
from bot.desk.incoming import Incoming
from bot.quarantine import Failure, quarantine
from bot.store.letters import Kind
from bot.store.people import Acquaintance, remember
from bot.store.tables import outbox
from bot.store.tables import quarantine as quarantine_table
from bot.store.updates import Poison
from bot.writer import Writer

BOT, OPERATOR = 42, 900
Said = Callable[..., Any]


def letters(engine: Engine) -> list[tuple[str, int, str, str, int | None]]:
    with engine.begin() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
    return [(row.key, row.chat, row.kind, row.payload["html"], row.question) for row in rows]


def set_aside(
    engine: Engine, now: datetime, *failures: Failure, operator: int | None = None
) -> None:
    with engine.begin() as connection:
        quarantine(connection, BOT, failures, operator, now)


def failed(update: int, sender: Incoming | None) -> Failure:
    return Failure(Poison(update, {}, "it did not work"), sender)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("zh-hans", "这条消息我没能处理好，抱歉；已经记下，我们会看"),
        ("zh-hant", "這條訊息我沒能處理好，抱歉；已經記下，我們會看"),
        ("en", "Sorry, I couldn't handle this message properly. It's noted"),
    ],
)
def test_the_sender_gets_one_warm_line_in_the_language_of_their_telegram(
    engine: Engine, now: datetime, code: str, words: str
) -> None:
    sender = Incoming(5, user=7, chat=7, message=3, language_code=code)
    set_aside(engine, now, failed(5, sender))
    ((key, chat, kind, html, question),) = letters(engine)
    assert (key, chat, kind, question) == ("42:5:trouble", 7, Kind.ANSWER, 3)
    assert words in html


def test_the_language_somebody_chose_goes_before_that_of_their_telegram(
    engine: Engine, now: datetime
) -> None:
    with engine.begin() as connection:
        remember(connection, [Acquaintance(7, 7, "Lin", "en", Dialogue())], now)
    set_aside(engine, now, failed(5, Incoming(5, user=7, chat=7, language_code="zh-hans")))
    assert "couldn't handle" in letters(engine)[0][3]


def test_a_group_hears_of_it_only_where_the_bot_was_meant(engine: Engine, now: datetime) -> None:
    def in_group(update: int, *, addressed: bool, button: str | None = None) -> Incoming:
        return Incoming(update, 7, -100, private=False, addressed=addressed, button=button)

    set_aside(
        engine,
        now,
        failed(1, in_group(1, addressed=False)),
        failed(2, in_group(2, addressed=True)),
        failed(3, in_group(3, addressed=False, button="v1x")),
        failed(4, None),
    )
    assert [(each[0], each[4]) for each in letters(engine)] == [
        ("42:2:trouble", None),
        ("42:3:trouble", None),
    ]


def test_the_operator_is_alarmed_once_a_minute(engine: Engine, now: datetime) -> None:
    for seconds, update in [(0, 11), (20, 12), (60, 13)]:
        later = now + timedelta(seconds=seconds)
        set_aside(engine, later, failed(update, None), operator=OPERATOR)
    alarms = letters(engine)
    assert [(chat, kind) for _, chat, kind, *_ in alarms] == [(OPERATOR, Kind.PUSH)] * 2
    assert "<code>11</code>" in alarms[0][3]
    assert "<code>13</code>" in alarms[1][3]


def test_apology_and_quarantine_are_one_transaction(
    engine: Engine, writer: Writer, desk: Any, said: Said
) -> None:
    """The same poison again neither apologises nor is kept a second time."""
    desk.poison.add("boom")
    for _ in range(2):
        writer.submit([said(2, 8, "boom")]).result(10)
    assert [each[0] for each in letters(engine)] == ["4:2:trouble"]
    with engine.begin() as connection:
        assert len(connection.execute(select(quarantine_table)).all()) == 1
