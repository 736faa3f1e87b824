from pathlib import Path

from tests.reliability.importing import KillRun


async def test_kills_of_imports_and_syncs_leave_nothing_half_there(
    database: str, tmp_path: Path
) -> None:
    """The short form of `python -m tests.reliability importing`."""
    figures = await KillRun(database, tmp_path, seed=7).play(range(4))
    assert figures.faultless(), figures
    assert (figures.kills, figures.of_imports, figures.of_syncs) == (4, 2, 2)
    assert figures.complete_runs > 0
