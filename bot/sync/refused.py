"""Files of refused rows (未导入的行): written as the rows come, opened when the first one does."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import IO, Any, Protocol

from settlement.reports import RowError
from settlement.reports.refusals import refused_header, refused_row

__all__ = ["RefusedFiles", "refused_name", "write_refused"]

_WORD = ".未导入"
_AFTER_NAME = " › "


class Headed(Protocol):
    """What is asked of a report: its name, and the names of its columns."""

    @property
    def file(self) -> str: ...

    @property
    def header(self) -> tuple[str, ...]: ...


def write_refused(file: IO[str], report: Headed) -> Callable[[RowError], None]:
    """Begin a table of refused rows; give what writes one. `file` is opened with newline=""."""
    writer = csv.writer(file)
    writer.writerow(refused_header(report.header))
    return lambda error: _write(writer, error)


def _write(writer: Any, error: RowError) -> None:
    writer.writerow(refused_row(error))


@dataclass(frozen=True, slots=True)
class _Open:
    """A file that is being written."""

    path: Path
    file: IO[str]
    write: Callable[[RowError], None]


@dataclass(slots=True)
class RefusedFiles:
    """Writes refused rows of one report after the other; a context manager.

    Into a folder goes a file for each report, 订单.未导入.csv; into a file go all reports with the
    same columns, the others into files beside it. No file that is there is written over: somebody
    may have corrected rows in it.
    """

    place: Path
    _open: dict[object, _Open] = field(default_factory=dict)

    def __enter__(self) -> "RefusedFiles":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left; raises OSError if that cannot be done."""
        while self._open:
            _, each = self._open.popitem()
            each.file.close()

    def path_of(self, report: Headed) -> Path | None:
        """Where the refused rows of a report were written; None if there were none."""
        found = self._open.get(self._key(report))
        return found.path if found else None

    def _key(self, report: Headed) -> tuple[object, ...]:
        return (report.header, report.file if self.place.is_dir() else None)

    def sink(self, report: Headed) -> Callable[[RowError], None]:
        """Take the refused rows of a report; raises OSError if they cannot be written."""
        key = self._key(report)

        def take(error: RowError) -> None:
            if key not in self._open:
                wanted = (
                    self.place / refused_name(report.file) if self.place.is_dir() else self.place
                )
                self._open[key] = _opened(wanted, report)
            self._open[key].write(error)

        return take


def _opened(wanted: Path, report: Headed) -> _Open:
    for path in _free_names(wanted):
        try:
            # With a mark of its encoding, or spreadsheets take it for the machine's own.
            file = path.open("x", encoding="utf-8-sig", errors="replace", newline="")
        except FileExistsError:
            continue
        return _Open(path, file, write_refused(file, report))
    raise AssertionError("there is always another name")


def refused_name(report: str) -> str:
    """What to call the file of a report's refused rows."""
    inner = report.rpartition(_AFTER_NAME)[2]
    return f"{Path(inner).stem}{_WORD}.csv"


def _free_names(wanted: Path) -> Iterator[Path]:
    others = (wanted.with_stem(f"{wanted.stem}-{number}") for number in count(2))
    return chain([wanted], others)
