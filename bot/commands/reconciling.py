"""`mingzhang reconcile [STATEMENT…]`: what was paid against what was due, to the fen."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from heapq import nlargest
from pathlib import Path

from rich.console import Console

from bot.app import SystemClock
from bot.commands.chosen import chosen_creator, chosen_platform
from bot.commands.failure import CommandFailed
from bot.commands.inputs import rules_in_force
from bot.commands.kept_bills import read_kept_bill
from bot.commands.output import complain, say_json
from bot.commands.reconciliation_files import KINDS, FindingsFile, findings_file
from bot.commands.reconciliation_json import as_json, month_json
from bot.commands.reconciliation_words import months_table, summary
from bot.commands.statement_reading import Read, column_names, read_statements
from bot.commands.store import opened_store
from bot.store.reconciling import Reconciling, Scope, every_line
from bot.store.transactions import reads
from settlement.model import Platform
from settlement.reconciliation.expected import months_of
from settlement.reconciliation.findings import Finding, Totals
from settlement.reconciliation.months import (
    MonthFinding,
    MonthSums,
    compare_month,
    months_together,
)
from settlement.shanghai import day_in_month, end_of
from settlement.statement_files import month as read_month

__all__ = ["Request", "reconcile"]

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line."""

    files: tuple[Path, ...]
    platform: str | None = None
    creator: str | None = None
    month: str | None = None
    columns: Path | None = None
    rules: Path | None = None
    out: Path | None = None
    as_json: bool = False


@dataclass(slots=True)
class _Outcome:
    """What is kept of all findings: their totals and the worst of them."""

    totals: Totals = field(default_factory=Totals)
    worst: list[Finding] = field(default_factory=list)
    months: tuple[MonthFinding, ...] = ()

    def add(self, finding: Finding) -> None:
        self.totals.add(finding)
        if finding.difference:
            self.worst.append(finding)
            if len(self.worst) > 100 * MOST_SHOWN:
                self.worst = self.largest()

    def largest(self) -> list[Finding]:
        return nlargest(MOST_SHOWN, self.worst, key=lambda each: abs(each.difference))


def reconcile(request: Request) -> bool:
    """Compare statements with the store; False when a file or a row could not be read."""
    if request.out and request.out.suffix.lower() not in KINDS:
        raise CommandFailed(f"--out：{request.out.name} 不认识；请写成 .csv 或 .xlsx 结尾")
    platform, month = chosen_platform(request.platform), _month(request.month)
    read = _read(request, platform, month)
    months = frozenset([month]) if month else months_of(read.lines)
    if read.bills and not read.lines:
        # A bill without order numbers lists none, so none is missing on it.
        months = frozenset()
    now = _day_of_statement(months | {bill.month for bill in read.bills}, SystemClock().now())
    try:
        with _written(request.out, read) as file:
            with opened_store() as engine, reads(engine) as connection:
                scope = Scope(chosen_creator(engine, request.creator), _platforms(read, platform))
                rulebook = rules_in_force(connection, request.rules)
                work = Reconciling(connection, rulebook, now, months, scope)
                found = _compared(work, read, file)
            # A large workbook takes its time: the database is not kept waiting for it.
            if file:
                file.finish(found.totals)
    except OSError as error:
        if request.out is None:
            raise
        words = f"写不了（{error.strerror}）；请检查路径与权限"
        raise CommandFailed(f"--out {request.out}：{words}") from None
    _show(request, read, found, months, now)
    return not read.refused


def _read(request: Request, platform: Platform | None, month: date | None) -> Read:
    if not request.files:
        if request.columns:
            raise CommandFailed("--columns：只和账单文件一起用；请给账单文件")
        return read_kept_bill(platform, month)
    return read_statements(request.files, platform, column_names(request.columns), month)


def _platforms(read: Read, platform: Platform | None) -> frozenset[Platform]:
    """The platforms of the statements; none if one of them does not say whose it is."""
    named = {platform or line.platform for line in read.lines}
    named |= {platform or bill.platform for bill in read.bills}
    return frozenset(each for each in named if each) if None not in named else frozenset()


def _month(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return read_month(text)
    except ValueError:
        raise CommandFailed(f"--month：读不懂 {text!r}；请写成 2026-09") from None


def _day_of_statement(months: frozenset[date], now: datetime) -> datetime:
    """The end of the last month of the statement, if it is over."""
    if not months:
        return now
    return min(now, end_of(day_in_month(max(months), 0, 31)))


def _compared(work: Reconciling, read: Read, file: FindingsFile | None) -> _Outcome:
    found = _Outcome()
    for finding in work.findings(read.lines):
        found.add(finding)
        if file:
            file.write(finding)
    found.months = tuple(_compared_months(work, read))
    return found


def _written(out: Path | None, read: Read) -> AbstractContextManager[FindingsFile | None]:
    return findings_file(out, read.place) if out else nullcontext()


def _compared_months(work: Reconciling, read: Read) -> Iterator[MonthFinding]:
    bills = months_together(read.bills)
    sums = [MonthSums() for _ in bills]
    if bills:
        for _, order in every_line(work.connection, work.scope):
            judged = work.judged(order)
            for bill, each in zip(bills, sums, strict=True):
                if bill.platform in (None, order.platform):
                    each.add(judged, bill.month)
    yield from map(compare_month, bills, sums)


def _show(
    request: Request, read: Read, found: _Outcome, months: frozenset[date], now: datetime
) -> None:
    if read.outside:
        complain(f"{read.outside} 行不是 {request.month} 的，没有算进去")
    if request.as_json:
        said = as_json(found.totals, found.largest(), read.place)
        said |= {
            "months": [month_json(each) for each in found.months],
            "statement_months": sorted(f"{month:%Y-%m}" for month in months),
            "as_of": now.isoformat(),
            "refused": read.refused,
        }
        say_json(said)
        return
    console = Console()
    if read.lines or months:
        title = f"{'、'.join(f'{month:%Y-%m}' for month in sorted(months)) or '账单'} 对账（元）"
        console.print(summary(title, found.totals, found.largest()))
    if found.months:
        console.print(months_table(found.months))
    _remark(console, found.totals, has_months=bool(months), has_lines=bool(read.lines))
    if request.out:
        console.print(f"明细已写入 {request.out}", highlight=False)


def _remark(console: Console, totals: Totals, *, has_months: bool, has_lines: bool) -> None:
    if totals.unknown:
        console.print(f"另有 {totals.unknown} 单到期、金额未知，没有算进去", highlight=False)
    if has_lines and not has_months:
        words = "账单没有写月份，所以没有找该发没发的单；请加 --month 2026-09"
        console.print(words, highlight=False)
