from pathlib import Path

from tests.reliability.importing import KillRun


async def test_kills_of_imports_and_syncs_leave_nothing_half_there(
    database: str, tmp_path: Path
) -> None:
    """The short form of `python -m tests.reliability importing`."""
    kills = 4 if database.startswith("sqlite") else 2
    figures = await KillRun(database, tmp_path, seed=7).play(range(kills))
    assert figures.faultless(), figures
    assert figures.kills == kills
    assert figures.of_imports > 0
    assert figures.of_syncs > 0
    assert figures.complete_runs > 0
