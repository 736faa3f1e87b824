"""`mingzhang import FILE…`: exported reports into the store, good rows whatever the others are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from bot.app import SystemClock
from bot.commands.failure import CommandFailed, complain, standard_output, unreadable_file
from bot.commands.store import opened_store
from bot.store.creators import creator_named
from bot.store.reports import Imported, import_report
from settlement.model import Platform
from settlement.reports import ReportError, read_report

__all__ = ["import_files"]


@dataclass(frozen=True, slots=True)
class _Result:
    """What became of one file."""

    file: str
    imported: Imported | None
    problems: tuple[str, ...]


def import_files(
    files: Sequence[Path],
    platform: str | None,
    creator: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> bool:
    """Import each file; False when a file or a row was refused. Problems go to stderr."""
    known = _platform(platform)
    with opened_store() as engine:
        owner = _creator(engine, creator) if creator else None
        results = [_import_file(engine, path, known, owner, dry_run) for path in files]
    _show(results, as_json=as_json, dry_run=dry_run)
    return not any(result.problems for result in results)


def _platform(name: str | None) -> Platform | None:
    if name is None:
        return None
    try:
        return Platform(name)
    except ValueError:
        raise CommandFailed(f"--platform：没有平台 {name!r}；可用 {'、'.join(Platform)}") from None


def _creator(engine: Engine, name: str) -> int:
    """Find the creator; a mistyped name must not become one, with somebody's orders."""
    with engine.begin() as connection:
        known = creator_named(connection, name)
    if known is None:
        raise CommandFailed(f"--creator：没有达人 {name!r}；先运行 mingzhang creator add {name}")
    return known


def _import_file(
    engine: Engine, path: Path, platform: Platform | None, creator: int | None, dry_run: bool
) -> _Result:
    try:
        with path.open("rb") as file:
            content_hash = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            report = read_report(file, path.name, platform=platform)
            if isinstance(report, ReportError):
                return _refused(path, str(report))
            now = SystemClock().now()
            imported = import_report(
                engine, report, content_hash, now, creator=creator, dry_run=dry_run
            )
    except OSError as error:
        return _refused(path, unreadable_file(str(path), error))
    problems = tuple(str(problem) for problem in imported.problems)
    if report.unknown_columns:
        complain(f"{path.name}：不认识的列已略过：{'、'.join(report.unknown_columns)}")
    for problem in problems:
        complain(problem)
    return _Result(path.name, imported, problems)


def _refused(path: Path, problem: str) -> _Result:
    complain(problem)
    return _Result(path.name, None, (problem,))


def _show(results: Sequence[_Result], *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        for result in results:
            standard_output().write(orjson.dumps(_as_json(result, dry_run)) + b"\n")
        return
    table = Table(
        "文件", "新增", "变化", "未变", "拒绝", title="试导入，没有写入" if dry_run else None
    )
    for result in results:
        counted = result.imported
        figures = (
            (counted.new, counted.changed, counted.unchanged, counted.refused)
            if counted
            else ("-", "-", "-", "整份")
        )
        table.add_row(result.file, *map(str, figures))
    Console().print(table)


def _as_json(result: _Result, dry_run: bool) -> dict[str, object]:
    counted = result.imported
    return {
        "file": result.file,
        "new": counted.new if counted else 0,
        "changed": counted.changed if counted else 0,
        "unchanged": counted.unchanged if counted else 0,
        "refused": counted.refused if counted else None,
        "dry_run": dry_run,
        "errors": result.problems,
    }
