import pytest

from tests.reliability.campaign import run_campaign


@pytest.mark.parametrize("kind", ["telegram", "postgresql", "disk", "clock"])
async def test_an_outage_loses_and_doubles_nothing(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """The exit status says whether all promises held and the outage was noticed."""
    if kind == "postgresql":
        request.getfixturevalue("postgresql")  # skips where there is none
    (figures,) = await run_campaign("outages", "--short", "--kind", kind)
    assert figures["interruptions"] > 0
    assert figures["updates"] > 100
