"""The sample creators and their orders, in an empty store: for the demo and the terminal."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from bot.commands.failure import CommandFailed
from bot.simulator.world import SampleCreator, sample_creators, sample_reports
from bot.store.creators import add_creator, name_promoter
from bot.store.reports import import_report
from settlement.reports import ReportError, read_report
from settlement.shanghai import day_of

__all__ = ["people_the_store"]


def people_the_store(engine: Engine, folder: Path, now: datetime) -> tuple[SampleCreator, ...]:
    """Register the creators; write their reports as the platforms export them, and import those.

    The nth creator gets the row n. The reports stay in `folder`.
    """
    creators = sample_creators()
    with engine.begin() as connection:
        for creator in creators:
            row = add_creator(connection, creator.name, now)
            for promoter in creator.promoters:
                name_promoter(connection, promoter.platform, promoter.hint, promoter.value, row)
    for sample in sample_reports(day_of(now)):
        path = folder / sample.name
        path.write_bytes(sample.content)
        _import(engine, path, now)
    return creators


def _import(engine: Engine, path: Path, now: datetime) -> None:
    with path.open("rb") as file:
        report = read_report(file, path.name, data_as_of=now)
        if isinstance(report, ReportError):
            raise CommandFailed(str(report))
        import_report(engine, report, path.name, now)
