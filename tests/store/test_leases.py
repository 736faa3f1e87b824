from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.store.leases import LONGEST_SECONDS, acquire, database_time, held_by, release, renew
from bot.store.tables import leases


def move(connection: Connection, seconds: float) -> None:
    """As if that much time had passed: the database's clock cannot be moved, its leases can."""
    until = connection.execute(select(leases.c.expires_at)).scalar_one()
    connection.execute(leases.update().values(expires_at=until - timedelta(seconds=seconds)))


def test_one_owner_at_a_time(connection: Connection) -> None:
    assert acquire(connection, "planner", "a", 30)
    assert not acquire(connection, "planner", "b", 30)
    assert acquire(connection, "planner", "a", 30)
    assert acquire(connection, "poller", "b", 30)
    assert held_by(connection, "planner") == "a"
    assert held_by(connection, "poller") == "b"


def test_a_lease_that_ran_out_is_anybodys(connection: Connection) -> None:
    acquire(connection, "planner", "a", 30)
    move(connection, 31)
    assert held_by(connection, "planner") is None
    assert acquire(connection, "planner", "b", 30)
    assert held_by(connection, "planner") == "b"


def test_renewing_lasts_until_somebody_else_took_over(connection: Connection) -> None:
    acquire(connection, "planner", "a", 30)
    move(connection, 31)
    assert renew(connection, "planner", "a", 30)
    assert held_by(connection, "planner") == "a"
    move(connection, 31)
    acquire(connection, "planner", "b", 30)
    assert not renew(connection, "planner", "a", 30)
    assert not renew(connection, "never taken", "a", 30)


def test_a_lease_given_back_is_free_at_once(connection: Connection) -> None:
    acquire(connection, "planner", "a", 30)
    release(connection, "planner", "b")
    assert not acquire(connection, "planner", "b", 30)
    release(connection, "planner", "a")
    assert acquire(connection, "planner", "b", 30)


def test_a_clock_set_back_makes_no_lease_last_for_hours(connection: Connection) -> None:
    acquire(connection, "planner", "a", 30)
    move(connection, -3600)
    assert held_by(connection, "planner") is None
    assert acquire(connection, "planner", "b", 30)


def test_a_lease_may_not_be_longer_than_that(connection: Connection) -> None:
    with pytest.raises(ValueError, match="up to 300 seconds"):
        acquire(connection, "planner", "a", LONGEST_SECONDS + 1)


def test_the_databases_clock_goes_on_within_a_transaction(connection: Connection) -> None:
    first = database_time(connection)
    while database_time(connection) == first:
        pass
    assert database_time(connection) > first
