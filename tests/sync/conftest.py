from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.store.database import open_engine


@pytest.fixture
def sqlite_engine(sqlite_database: str) -> Iterator[Engine]:
    """For what asks nothing particular of the database: `engine` costs twice the time."""
    engine = open_engine(sqlite_database)
    yield engine
    engine.dispose()
