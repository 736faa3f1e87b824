import pytest

from tests.reliability.campaign import run_campaign


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_ten_kills_lose_and_double_nothing(
    database: str, request: pytest.FixtureRequest
) -> None:
    """The run prints its seed and figures; its exit status says whether all promises held."""
    if database == "postgresql":
        request.getfixturevalue("postgresql")  # skips where there is none
    figures = await run_campaign("crash", "--kills", "0-4", "--database", database, "--together")
    assert sorted(each["mode"] for each in figures) == ["polling", "webhook"]
    for each in figures:
        assert (each["database"], each["kills"]) == (database, 5)
        # A quiet run would prove little.
        assert each["updates"] > 250
        assert each["floods"] > 5
        assert each["pushes"] == 40
