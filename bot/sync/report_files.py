"""Report files one by one (报表文件): a file itself, those of a folder, those of an archive."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.sync.archives import LIMITS, Limits, Unusable, is_archive, members_of, printable

__all__ = ["PassedOver", "ReportFile", "name_of", "report_files"]

MOST_FILES = 10_000
"""Files of a folder, those below it included; more is not a folder of reports."""
_TABLES = frozenset({".csv", ".tsv", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods"})
_PERHAPS_TABLES = frozenset({".txt", ""})
_ARCHIVE = ".zip"
_LEFT_BY_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file to be read as a report; one of an archive stays until the next one is asked for."""

    name: str
    path: Path
    certain: bool = True
    """False if it was found beside reports and may be none: a text."""

    def content_hash(self) -> str:
        """What its import is known by; raises OSError if it cannot be read."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file found beside reports that is none by its name."""

    name: str


Found = ReportFile | PassedOver | Unusable


def name_of(path: Path) -> str:
    """What to call a file or folder that somebody named, such as `.`."""
    return printable(path.resolve().name if path.name in ("", "..") else path.name)


def report_files(path: Path, name: str, scratch: Path, limits: Limits = LIMITS) -> Iterator[Found]:
    """Find the reports in what somebody names; raises OSError if it cannot be read.

    Args:
        path: a file, an archive or a folder.
        name: what to call it; what is in it is called ``name › file``.
        scratch: an empty folder for files of an archive.
        limits: how much an archive may hold.
    """
    if path.is_dir():
        yield from _of_folder(path, name, scratch, limits)
    else:
        yield from _of_file(path, name, scratch, limits)


def _of_file(path: Path, name: str, scratch: Path, limits: Limits) -> Iterator[Found]:
    with path.open("rb") as file:
        if not is_archive(file):
            yield ReportFile(name, path)
            return
        nothing = True
        for member in members_of(file, name, scratch, limits, _is_none):
            nothing = False
            if isinstance(member, Unusable):
                yield member
            elif member.path is None:
                yield PassedOver(member.name)
            else:
                yield ReportFile(member.name, member.path, _is_certain(member.name))
        if nothing:
            yield Unusable(name, "压缩包是空的；请核对后重新打包")


def _of_folder(folder: Path, name: str, scratch: Path, limits: Limits) -> Iterator[Found]:
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    if len(files) > MOST_FILES:
        yield Unusable(name, f"里面有 {len(files)} 个文件，最多 {MOST_FILES} 个；请指明报表")
        return
    if not files:
        yield Unusable(name, "这个文件夹是空的；请核对路径")
    for path in files:
        inner = path.relative_to(folder).as_posix()
        shown = f"{name} › {printable(inner)}"
        if path.suffix.lower() == _ARCHIVE:
            yield from _of_file(path, shown, scratch, limits)
        elif _is_none(inner):
            yield PassedOver(shown)
        else:
            yield ReportFile(shown, path, _is_certain(inner))


def _is_none(inner: str) -> bool:
    """Whether a file is no report by its name: hidden, a lock, left by a system, another kind."""
    path = PurePosixPath(inner)
    if any(_is_left(part) for part in path.parts):
        return True
    return path.suffix.lower() not in _TABLES | _PERHAPS_TABLES | {_ARCHIVE}


def _is_left(part: str) -> bool:
    hidden = part.startswith((".", "~$")) and part not in ("..", ".")
    return hidden or part.lower() in _LEFT_BY_SYSTEMS


def _is_certain(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() not in _PERHAPS_TABLES
