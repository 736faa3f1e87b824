import pytest

from tests.reliability.campaign import run_campaign


@pytest.mark.parametrize("kinds", [("telegram", "disk", "clock"), ("postgresql",)])
async def test_an_outage_loses_and_doubles_nothing(
    kinds: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    """The exit status says whether all promises held and each outage was noticed."""
    if "postgresql" in kinds:
        request.getfixturevalue("postgresql")  # skips where there is none
    wished = [word for kind in kinds for word in ("--kind", kind)]
    outages = await run_campaign("outages", "--short", "--together", *wished)
    assert sorted(each["kind"] for each in outages) == sorted(kinds)
    for each in outages:
        assert each["interruptions"] > 0
        assert each["updates"] > 100
