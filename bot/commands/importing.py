"""`mingzhang import FILE…`: exported reports into the store, good rows whatever the others are."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.app import SystemClock
from bot.commands.chosen import chosen_creator, chosen_platform
from bot.commands.creators import take_in_creators
from bot.commands.failure import CommandFailed, unreadable_file
from bot.commands.import_progress import Told, told_on
from bot.commands.import_results import (
    FileResult,
    show_as_json,
    show_as_table,
    unknown_columns,
)
from bot.commands.inputs import own_file
from bot.commands.output import complain, moment
from bot.commands.refused_rows import RefusedRows, most_said, not_written
from bot.commands.store import opened_store, usable_settings
from bot.publishing.findings_said import finding_said
from bot.store.batches import ImportLostError
from bot.store.chunks import collect_seldom
from bot.store.read_reports import ReadReport
from bot.store.reports import import_report
from bot.sync.archives import Unusable
from bot.sync.opening import opened
from bot.sync.reading import ReadingBrokenError
from bot.sync.refused import RefusedFiles
from bot.sync.report_files import ReportFile, name_of, report_files
from settlement.creators_file import NamedCreator
from settlement.model import Platform
from settlement.reports.layout_files import read_own_layouts
from settlement.yaml_text import RuleFileError

__all__ = ["Request", "import_files"]


@dataclass(frozen=True, slots=True)
class Request:
    """How files are to be imported."""

    platform: str | None = None
    creator: str | None = None
    creators: Path | None = None
    columns: Path | None = None
    refused: Path | None = None
    dry_run: bool = False
    as_json: bool = False


def import_files(files: Sequence[Path], request: Request) -> bool:
    """Import each file; False when a file or a row was refused. Problems go to stderr."""
    platform = chosen_platform(request.platform)
    collect_seldom()
    with ExitStack() as stack:
        engine = stack.enter_context(opened_store())
        registering = take_in_creators(engine, request.creators, dry_run=request.dry_run)
        run = _Run(
            engine,
            platform,
            _own_columns(request.columns),
            chosen_creator(engine, request.creator),
            request.dry_run,
            registering,
            _refused_files(stack, request.refused),
            stack.enter_context(told_on(_terminal(request))),
            Path(stack.enter_context(TemporaryDirectory(prefix="mingzhang-"))),
        )
        results = [result for file in files for result in run.results_of(file)]
        written = _closed(run.refused)
    _show(results, request)
    return written and not any(result.problems for result in results)


def _own_columns(path: Path | None) -> str | None:
    """The text of the operator's own file of layouts, which can be used."""
    if path is None:
        return None
    text = own_file(path, "--columns")
    try:
        read_own_layouts(text, path.name)
    except RuleFileError as broken:
        raise CommandFailed(f"--columns {finding_said('zh', str(broken))}") from None
    return text


def _refused_files(stack: ExitStack, place: Path | None) -> RefusedFiles | None:
    if place is None:
        return None
    if not place.is_dir() and not place.parent.is_dir():
        raise CommandFailed(f"--refused：没有文件夹 {place.parent}；请先建好，或换一个地方")
    return stack.enter_context(RefusedFiles(place))


def _closed(refused: RefusedFiles | None) -> bool:
    """Whether all refused rows are on the disk; what was imported is, whatever became of them."""
    try:
        if refused is not None:
            refused.close()
    except OSError as error:
        complain(not_written(error))
        return False
    return True


def _terminal(request: Request) -> Console | None:
    """Where progress is shown: standard error, if somebody looks at it."""
    if request.as_json or not sys.stderr.isatty():
        return None
    return Console(file=sys.stderr)


@dataclass(frozen=True, slots=True)
class _Run:
    """One call of the command: everything its files have in common."""

    engine: Engine
    platform: Platform | None
    columns: str | None
    creator: int | None
    dry_run: bool
    registering: tuple[NamedCreator, ...]
    refused: RefusedFiles | None
    told: Told
    scratch: Path

    def results_of(self, path: Path) -> Iterator[FileResult]:
        """Import what a path names: a file, those of an archive, those of a folder."""
        name, passed_over = name_of(path), list[str]()
        try:
            for found in report_files(path, name, self.scratch):
                if isinstance(found, ReportFile):
                    result = self._import(found)
                    if result is not None:
                        yield result
                        continue
                if isinstance(found, Unusable):
                    yield _refused(found.name, str(found))
                else:
                    passed_over.append(found.name)
        except OSError as error:
            yield _refused(name, unreadable_file(str(path), error))
        if passed_over:
            complain(f"{name}：跳过了不是报表的 {len(passed_over)} 个文件：{_some(passed_over)}")

    def _import(self, found: ReportFile) -> FileResult | None:
        """Import one file; None if it lay beside reports and is none."""
        try:
            with opened(
                found.path, found.name, platform=self.platform, columns=self.columns
            ) as report:
                if isinstance(report, ReadReport):
                    return self._import_report(report, found.content_hash())
        except ReadingBrokenError as broken:
            return _refused(found.name, str(broken))
        return _refused(found.name, str(report)) if found.certain else None

    def _import_report(self, report: ReadReport, content_hash: str) -> FileResult:
        refused = RefusedRows(report.file, self.refused.sink(report) if self.refused else None)
        try:
            imported = import_report(
                self.engine,
                report,
                content_hash,
                SystemClock().now(),
                creator=self.creator,
                dry_run=self.dry_run,
                progress=self.told(report.file),
                refused=refused,
                registering=self.registering,
            )
        except (DBAPIError, ImportLostError) as error:
            raise CommandFailed(
                f"{report.file}：数据库写不了（{type(error).__name__}），"
                "这份报表没有导入；请检查数据库和磁盘空间，再运行一次"
            ) from None
        if imported.imported_before is not None:
            at = moment(imported.imported_before, usable_settings().timezone)
            complain(f"{report.file}：同样的内容在 {at} 导入过")
        problems = tuple(str(problem) for problem in imported.problems)
        refused.complain(problems, imported.refused)
        return FileResult(
            report.file,
            imported,
            problems,
            report.source,
            report.unknown_columns,
            str(path) if self.refused and (path := self.refused.path_of(report)) else None,
        )


def _refused(name: str, problem: str) -> FileResult:
    complain(problem)
    return FileResult(name, None, (problem,))


def _some(names: Sequence[str]) -> str:
    most = most_said()
    return "、".join(names[:most]) + ("……" if len(names) > most else "")


def _show(results: Sequence[FileResult], request: Request) -> None:
    for line in unknown_columns(results):
        complain(line)
    if request.as_json:
        show_as_json(results, dry_run=request.dry_run)
        return
    show_as_table(results, dry_run=request.dry_run)
    refused = sum(result.imported.refused for result in results if result.imported)
    for place in sorted({each.refused_rows for each in results if each.refused_rows}):
        complain(f"没有导入的行连同原因写进了 {place}；改好后直接导入它")
    if refused and request.refused is None:
        complain(
            f"有 {refused} 行没有导入；再运行一次并加上 --refused 文件夹，"
            "就把它们连同原因存成表格，改好后直接导入"
        )
