import pytest

from tests.reliability.campaign import run_campaign

WORDS = ("broadcast", "--people", "200", "--kills", "0-1", "--database")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_a_broadcast_that_is_killed_reaches_everybody_once(
    database: str, request: pytest.FixtureRequest
) -> None:
    """The run prints its seed and figures; its exit status says whether all promises held."""
    if database == "postgresql":
        request.getfixturevalue("postgresql")  # skips where there is none
    (figures,) = await run_campaign(*WORDS, database)
    assert (figures["people"], figures["interruptions"]) == (200, 2)
    # A quiet run would prove little.
    assert figures["told"] > 150
    assert figures["failed"] + figures["left_out"] > 3
    assert figures["floods"] > 3
