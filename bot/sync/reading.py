"""Reading a file in a process of its own (独立进程读表), under limits.

So a file made to harm takes nothing but that process, and both processors work: one reads, the
other writes. A process that is killed is an ordinary outcome: one line says what to do.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, Any, NamedTuple

import orjson

from bot.store.read_reports import ReadReport, SaidRow
from bot.sync.child_protocol import payout_line, read_frame, row_of
from settlement.combining import Rows
from settlement.model import Platform
from settlement.payout_files import Payouts
from settlement.reports import ReportError, RowError
from settlement.statement_files import Line, Names

__all__ = ["LIMITS", "Limits", "ReadingBrokenError", "reading", "reading_payouts"]

_MEGABYTE = 1024 * 1024
_PROGRAM = (sys.executable, "-m", "bot.sync.reading_child")
_KEPT_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "HOME")
"""No secret is among them."""
_SECONDS_TO_END = 5


class Limits(NamedTuple):
    """What reading one file may take."""

    memory: int = 1024 * _MEGABYTE
    """Bytes; only where the system can limit it."""
    processor_seconds: int = 900
    silent_seconds: float = 120.0
    """Without another part of the file."""


LIMITS = Limits()
PAYOUT_LIMITS = LIMITS._replace(memory=2 * LIMITS.memory)
"""All lines of a report of settled orders are in memory until the last: 1.3 KB each."""


class ReadingBrokenError(Exception):
    """Reading ended in the middle of a file; `error` says why and what to do."""

    def __init__(self, error: ReportError) -> None:
        super().__init__(str(error))
        self.error = error


@contextmanager
def reading(
    path: Path,
    name: str,
    *,
    platform: Platform | None = None,
    columns: str | None = None,
    limits: Limits = LIMITS,
) -> Iterator[ReadReport | ReportError]:
    """Recognise a report and read it in another process, for as long as the context lasts.

    `columns` is the text of the operator's own file of layouts. Whoever asks for the rows of a
    report whose reading breaks off gets ReadingBrokenError. Raises OSError if no process starts.
    """
    request = {"platform": platform, "columns": columns}
    with _asked(path, name, limits, request, "导入") as child:
        yield child.report()


@contextmanager
def reading_payouts(
    path: Path,
    name: str,
    *,
    platform: Platform | None = None,
    names: Names | None = None,
    limits: Limits = PAYOUT_LIMITS,
) -> Iterator[Payouts | ReportError]:
    """As `reading`, of a file that says what was paid.

    `names` is what the operator's own columns are called.
    """
    request = {"platform": platform, "names": names}
    with _asked(path, name, limits, request, "对账") as child:
        yield child.payouts()


@contextmanager
def _asked(
    path: Path, name: str, limits: Limits, request: Mapping[str, Any], purpose: str
) -> Iterator["_Child"]:
    place = {"path": os.fspath(path.absolute()), "name": name}
    most = {"memory": limits.memory, "processor_seconds": limits.processor_seconds}
    with _started() as process:
        child = _Child(name, process, limits, purpose)
        try:
            child.ask({**place, **request, **most})
            yield child
        finally:
            child.end()


def _started() -> "subprocess.Popen[bytes]":
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(  # noqa: S603
        _PROGRAM,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


class _Child:
    """The reading process, as the one that writes sees it."""

    def __init__(
        self, name: str, process: "subprocess.Popen[bytes]", limits: Limits, purpose: str
    ) -> None:
        self._name = name
        self._purpose = purpose
        self._process = process
        self._limits = limits
        self._silent = False

    def ask(self, request: Mapping[str, Any]) -> None:
        pipe = self._process.stdin
        try:
            if pipe is not None:
                pipe.write(orjson.dumps(request))
                pipe.close()
        except BrokenPipeError:
            return  # its end says why

    def report(self) -> ReadReport | ReportError:
        """The report as its header has it, or why there is none."""
        head = self._head("report")
        if isinstance(head, ReportError):
            return head
        return ReadReport(
            self._name,
            head["source"],
            tuple(head["unknown_columns"]),
            tuple(head["header"]),
            frozenset(head["states"]),
            Rows(head["joining"]),
            self._parts(),
        )

    def payouts(self) -> Payouts | ReportError:
        """What was paid, or why that cannot be told."""
        head = self._head("payouts")
        if isinstance(head, ReportError):
            return head
        return Payouts(self._payout_lines(), head["if_none"])

    def end(self) -> None:
        """Stop the process if it still reads."""
        self._process.kill()
        self._process.wait()

    def _head(self, kind: str) -> dict[str, Any] | ReportError:
        try:
            frame = self._next()
        except ReadingBrokenError as broken:
            return broken.error
        if "refused" in frame:
            return ReportError(self._name, str(frame["refused"]))
        head: dict[str, Any] = frame[kind]
        return head

    def _payout_lines(self) -> Iterator[Line]:
        while "lines" in (frame := self._next()):
            yield from map(payout_line, frame["lines"])

    def _parts(self) -> Iterator[Sequence[SaidRow | RowError]]:
        while "rows" in (frame := self._next()):
            yield [row_of(self._name, row) for row in frame["rows"]]

    def _next(self) -> dict[str, Any]:
        frame = self._received()
        if frame is None:
            raise ReadingBrokenError(ReportError(self._name, self._why_ended()))
        if "failed" in frame:
            words = _FAILED.get(str(frame["failed"]), _FAILED["program"])
            raise ReadingBrokenError(ReportError(self._name, self._said(words, frame)))
        return frame

    def _received(self) -> dict[str, Any] | None:
        pipe: IO[bytes] | None = self._process.stdout
        watch = Timer(self._limits.silent_seconds, self._give_up)
        watch.daemon = True
        watch.start()
        try:
            return read_frame(pipe) if pipe else None
        finally:
            watch.cancel()

    def _give_up(self) -> None:
        self._silent = True
        self._process.kill()

    def _why_ended(self) -> str:
        if self._silent:
            return self._said(_SILENT, {})
        try:
            code = self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            # It goes on, and has sent what is no frame.
            return self._said(_FAILED["program"], {"message": "?"})
        return self._said(_ENDED.get(-code, _FAILED["program"]), {"message": f"{code}"})

    def _said(self, words: str, frame: Mapping[str, Any]) -> str:
        return words.format(
            megabytes=self._limits.memory // _MEGABYTE,
            seconds=self._limits.processor_seconds,
            silent=round(self._limits.silent_seconds),
            message=frame.get("message", ""),
            purpose=self._purpose,
        )


_SMALLER = "一行也没有{purpose}；请按月份分开导出，或导出为 CSV 再试"
_SILENT = "{silent} 秒没有读出新的内容，已经停止；" + _SMALLER
_FAILED = {
    "memory": "文件太大，读它要超过 {megabytes} MB 内存，已经停止；" + _SMALLER,
    "file": "读不了文件（{message}）；一行也没有{purpose}，请核对文件和磁盘后再试",
    "program": (
        "读取程序中断了（{message}）；一行也没有{purpose}，"
        "请再试一次，还不行就重新导出，并把这句话告诉开发者"
    ),
}
_ENDED = {
    int(getattr(signal, "SIGKILL", 9)): ("读取程序被系统停止了，多半是内存不够；" + _SMALLER),
    int(getattr(signal, "SIGXCPU", 24)): "读了 {seconds} 秒还没有读完，已经停止；" + _SMALLER,
}
