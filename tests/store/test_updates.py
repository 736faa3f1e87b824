from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.store.updates import forget_handled, mark_handled


def test_an_update_is_fresh_once_for_each_bot(connection: Connection, now: datetime) -> None:
    assert mark_handled(connection, 1, [5, 3, 9], now) == {3, 5, 9}
    assert mark_handled(connection, 1, [3, 4], now) == {4}
    assert mark_handled(connection, 2, [3], now) == {3}
    assert mark_handled(connection, 1, [], now) == set()


def test_what_telegram_cannot_send_again_is_forgotten_in_portions(
    connection: Connection, now: datetime
) -> None:
    mark_handled(connection, 1, list(range(10)), now - timedelta(days=8))
    mark_handled(connection, 1, [100], now)
    week = timedelta(days=7)
    assert forget_handled(connection, now - week, 6) == 6
    assert forget_handled(connection, now - week, 6) == 4
    assert forget_handled(connection, now - week, 6) == 0
    assert mark_handled(connection, 1, [0, 100], now) == {0}
