"""Of a broadcast to a million people the few that matter are found without walking them all."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from bot.store.database import open_engine
from bot.store.recipient_outcomes import (
    nobody_is_left,
    outcomes_of_handed,
    take_back,
    uncertain_recipients,
)
from bot.store.recipients import due_recipients, locked_recipients
from tests.broadcasts.conftest import AUTHOR
from tests.store.conftest import NOW
from tests.store.plans import steps_of

EVERYBODY_OF_IT = "USING PRIMARY KEY (broadcast=?)"
LOOKUPS: dict[str, Callable[[Connection], object]] = {
    "due": lambda connection: due_recipients(connection, 1, NOW, 50),
    "handed": outcomes_of_handed,
    "paused": lambda connection: take_back(connection, broadcast=1),
    "opted out": lambda connection: take_back(connection, user=AUTHOR),
    "left": lambda connection: nobody_is_left(connection, 1, stopped=False),
    "uncertain": lambda connection: uncertain_recipients(connection, 1, 100),
    "locked": lambda connection: locked_recipients(connection, 1, [1, 2]),
}


@pytest.mark.parametrize("name", LOOKUPS)
def test_a_lookup_walks_an_index_of_the_few(sqlite_database: str, name: str) -> None:
    engine = open_engine(sqlite_database)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO broadcasts (id, created_at, state, segment, words)"
            " VALUES (1, '2026-09-15', 'running', '{}', '{}')"
        )
        steps = steps_of(connection, LOOKUPS[name])
    engine.dispose()
    found = [each for each in steps if "broadcast_recipients" in each]
    assert found
    for each in found:
        assert "ix_recipients_" in each or "(broadcast=? AND user=?)" in each, each
        assert not each.endswith("SCAN broadcast_recipients")
        assert EVERYBODY_OF_IT not in each
        assert "SCAN broadcast_recipients USING INDEX ix_recipients_user" not in each
