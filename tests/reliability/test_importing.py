from pathlib import Path

from tests.reliability.importing import KillRun


async def test_kills_of_imports_and_syncs_leave_nothing_half_there(
    database: str, tmp_path: Path
) -> None:
    """The short form of `python -m tests.reliability importing`."""
    kills = range(4) if database.startswith("sqlite") else range(1, 3)
    figures = await KillRun(database, tmp_path, seed=7).play(kills)
    assert figures.faultless(), figures
    assert figures.kills == len(kills)
    assert figures.of_imports > 0
    assert figures.of_syncs > 0
    assert figures.complete_runs > 0
