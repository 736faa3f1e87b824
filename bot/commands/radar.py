"""`mingzhang radar`: where commission goes missing, the most money first."""

import csv
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console

from bot.app import SystemClock
from bot.commands.chosen import chosen_platform
from bot.commands.failure import CommandFailed
from bot.commands.inputs import instant, rules_in_force
from bot.commands.output import say_json
from bot.commands.radar_words import picture_of, radar_json, sheet_of, tables
from bot.commands.store import opened_store
from bot.desk.pictures import Sheet
from bot.drawing.painting import paint
from bot.drawing.workbook import workbook
from bot.store.reconciling import Scope, every_line
from bot.store.transactions import reads
from settlement.diagnosis import diagnose
from settlement.radar import Radar, Span
from settlement.reports.refusals import harmless
from settlement.shanghai import day_of

__all__ = ["show"]

USUAL_DAYS = 30


def show(
    platform: str | None, since: str | None, rules: Path | None, out: Path | None, *, as_json: bool
) -> None:
    """Look at every order line, and show where money is at stake."""
    if out and out.suffix.lower() not in (".csv", ".xlsx", ".png"):
        raise CommandFailed(f"--out：{out.name} 不认识；请写成 .csv、.xlsx 或 .png 结尾")
    now, known = SystemClock().now(), chosen_platform(platform)
    span = _span(since, day_of(now))
    radar = Radar(span)
    with opened_store() as engine, reads(engine) as connection:
        rulebook = rules_in_force(connection, rules)
        scope = Scope(platforms=frozenset([known] if known else []))
        for _, order in every_line(connection, scope):
            radar.add(diagnose(order, rulebook, now), now)
    if out:
        _write(out, radar)
    if as_json:
        say_json(radar_json(radar))
        return
    console = Console()
    console.print(tables(radar))
    if out:
        console.print(f"已写入 {out}", highlight=False)


def _span(since: str | None, today: date) -> Span:
    if since is None:
        return Span(today - timedelta(days=USUAL_DAYS - 1), today)
    start = day_of(instant(since, "--since"))
    if start > today:
        raise CommandFailed(f"--since：{since} 还没到；请给出今天或更早的日期")
    return Span(start, today)


def _write(out: Path, radar: Radar) -> None:
    kind = out.suffix.lower()
    try:
        if kind == ".png":
            out.write_bytes(paint(picture_of(radar)))
        elif kind == ".xlsx":
            out.write_bytes(workbook(sheet_of(radar)))
        else:
            _write_csv(out, sheet_of(radar))
    except OSError as error:
        raise CommandFailed(f"--out {out}：写不了（{error.strerror}）；请检查路径与权限") from None


def _write_csv(out: Path, sheet: Sheet) -> None:
    with out.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sheet.columns)
        for row in sheet.rows:
            writer.writerow(
                cell if place in sheet.amounts else harmless(cell)
                for place, cell in enumerate(row)
            )
