"""Commands that only look: they wait for nobody who writes, and nobody waits for them."""

import pytest

from bot.store.database import open_engine
from tests.command_line import Run


@pytest.mark.parametrize(
    "words",
    [
        "export --platform jd",
        "imports",
        "imports --json",
        "knowledge opinions",
        "knowledge revisions",
        "outbox",
        "radar",
        "sync status",
    ],
)
def test_a_command_that_only_looks_waits_for_no_writer(
    run: Run, sqlite_database: str, words: str
) -> None:
    writer = open_engine(sqlite_database)
    with writer.begin():
        status, _, err = run(*words.split())
    writer.dispose()
    assert (status, err) == (0, [])
