from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.store.unread_rows import (
    any_unread,
    forget_unread,
    forget_unseen,
    keep_unread,
    unread_of,
    unread_reasons,
)
from settlement.apis import UnreadRow
from settlement.model import Platform

HOUR = timedelta(hours=1)
ROWS = [
    UnreadRow('{"id": 1, "fee": "x"}', "fee", "“x”不是金额；请核对", "1"),
    UnreadRow('{"id": 2, "fee": "“y”"}', "fee", "““y””不是金额；请核对", "2"),
    UnreadRow('{"id": "\\ud800"}', None, "1234567890 不是订单号；请核对"),
]


def test_rows_are_kept_once_and_counted_by_what_is_wrong(
    connection: Connection, now: datetime
) -> None:
    keep_unread(connection, Platform.JD, "rows", [*ROWS, ROWS[0]], now)
    keep_unread(connection, Platform.JD, "rows", ROWS[:1], now + HOUR)
    keep_unread(connection, Platform.TAOBAO, "rows", [], now)
    first, second = unread_reasons(connection)
    assert first == (Platform.JD, "rows", "fee：“…”不是金额；请核对", 2, now, now + HOUR)
    assert second[2:4] == ("… 不是订单号；请核对", 1)
    assert [each.raw for each in unread_of(connection, Platform.JD, "rows")] == [
        row.raw for row in ROWS
    ]
    assert [each.number for each in unread_of(connection, Platform.JD, "rows", {"2", "9"})] == [
        "2"
    ]
    assert any_unread(connection, Platform.JD, "rows")
    assert not any_unread(connection, Platform.TAOBAO, "rows")
    assert not any_unread(connection, Platform.JD, "other")


def test_rows_are_forgotten_one_by_one_and_when_no_answer_has_them_any_more(
    connection: Connection, now: datetime
) -> None:
    keep_unread(connection, Platform.JD, "rows", ROWS, now)
    keep_unread(connection, Platform.JD, "rows", ROWS[1:], now + HOUR)
    forget_unseen(connection, now + HOUR)
    kept = unread_of(connection, Platform.JD, "rows")
    assert [each.raw for each in kept] == [row.raw for row in ROWS[1:]]
    forget_unread(connection, [kept[0].id])
    assert [each.raw for each in unread_of(connection, Platform.JD, "rows")] == [ROWS[2].raw]
