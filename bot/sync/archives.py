"""Reports packed in a ZIP (压缩包), taken out one by one under limits; nothing is trusted.

No member is written under a name of its own, so no name leads anywhere. What a header says of
sizes is not believed: what comes out is counted.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import ZipFile, ZipInfo

__all__ = ["LIMITS", "Limits", "Member", "Unusable", "is_archive", "members_of", "printable"]

_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_OF_DOCUMENTS = ("[Content_Types].xml", "mimetype", "xl/")
"""Names by which a workbook, itself a ZIP, is told from an archive."""
_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535
_LARGE_LOCATOR = b"PK\x06\x07"
_LOCATOR_SIZE = 20
_ENCRYPTED = 1
_NAMES_IN_UTF8 = 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ABSOLUTE = re.compile("/|[A-Za-z]:")
_CHUNK = 65_536
_WORTH_COUNTING = 1_000_000
"""Bytes below which a high ratio harms nobody: a short file of equal rows."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises for archives that are not as they should be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold."""

    members: int = 1_000
    directory: int = 1_000_000
    """Bytes of its table of contents, which is read into memory."""
    member_bytes: int = 1_000_000_000
    total_bytes: int = 4_000_000_000
    ratio: int = 200
    """Unpacked to packed; reports come to 30."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Member:
    """A file taken out; it stays until the next one is."""

    name: str
    path: Path | None
    """None if nobody wants a file of that name."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """An archive, or a member of one, that is refused: why, and what to do (zh)."""

    name: str
    message: str

    def __str__(self) -> str:
        return f"{self.name}：{self.message}"


class _Refused(Exception):
    """Why a member is not taken out (zh)."""


def is_archive(file: IO[bytes]) -> bool:
    """Tell an archive from a workbook, which is one too, and from everything else."""
    file.seek(0)
    if not file.read(4).startswith(_SIGNATURES):
        return False
    if _too_large(file, LIMITS):
        return True
    try:
        with ZipFile(file) as archive:
            return not any(name.startswith(_OF_DOCUMENTS) for name in archive.namelist())
    except _BROKEN:
        return False


def members_of(
    file: IO[bytes],
    name: str,
    folder: Path,
    limits: Limits = LIMITS,
    unwanted: Callable[[str], bool] = lambda inner: False,
) -> Iterator[Member | Unusable]:
    """Take the files out of an archive one after the other, each into `folder` for a while.

    Args:
        file: the archive, seekable.
        name: what to call it; a member is called ``name › member``.
        folder: where the one that is looked at lies; not under its own name.
        limits: how much it may hold.
        unwanted: tells of a member's name that it need not be taken out.
    """
    if problem := _too_large(file, limits):
        yield Unusable(name, problem)
        return
    try:
        archive = ZipFile(file)
    except _BROKEN:
        yield Unusable(name, "打不开这个压缩包，可能没有下载完整；请重新下载，或解压后再导入")
        return
    with archive:
        named = [(info, _decoded(info)) for info in archive.infolist()]
        files = [(info, inner) for info, inner in named if not inner.endswith("/")]
        if len(files) > limits.members:
            yield Unusable(
                name, f"里面有 {len(files)} 个文件，最多 {limits.members} 个；请分开打包"
            )
            return
        size = file.seek(0, 2)
        unpacking = _Unpacking(archive, size, limits, limits.total_bytes)
        for info, inner in files:
            shown = f"{name} › {_shown(inner)}"
            if unwanted(inner):
                yield Member(shown, None)
            else:
                yield from _taken_out(unpacking, info, inner, shown, folder / "member")


@dataclass(slots=True)
class _Unpacking:
    """Takes members out, and counts all that comes out, also of those refused."""

    archive: ZipFile
    size: int
    limits: Limits
    left: int

    def take_out(self, info: ZipInfo, target: Path) -> None:
        """Unpack one file; raises _Refused in the middle of too much."""
        written = 0
        most = min(self.left, self.limits.member_bytes)
        # A header may say more than the whole archive holds.
        worth = self.limits.ratio * max(min(info.compress_size, self.size), 1)
        with self.archive.open(info) as source, target.open("wb") as file:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                self.left -= len(chunk)
                if written > max(worth, _WORTH_COUNTING):
                    times = self.limits.ratio
                    raise _Refused(f"解开后是原来的 {times} 倍以上，不像报表，没有读它")
                if written > most:
                    raise _Refused("解开后太大；请按月份分开导出，或分开打包")
                file.write(chunk)


def _taken_out(
    unpacking: _Unpacking, info: ZipInfo, inner: str, shown: str, target: Path
) -> Iterator[Member | Unusable]:
    try:
        _check(info, inner)
        unpacking.take_out(info, target)
        _check_content(target)
    except _Refused as refused:
        yield Unusable(shown, str(refused))
    except _BROKEN:
        yield Unusable(shown, "压缩包的这一部分坏了；请重新下载，或重新打包")
    else:
        yield Member(shown, target)
    finally:
        target.unlink(missing_ok=True)


def _check(info: ZipInfo, inner: str) -> None:
    if info.header_offset < 0:
        raise zipfile.BadZipFile("a member before the beginning")
    if info.flag_bits & _ENCRYPTED:
        raise _Refused("有密码；请解压后再导入")
    if info.compress_type not in _METHODS:
        raise _Refused("压缩方式少见，不支持；请用普通的 ZIP 重新打包")
    outside = ".." in PurePosixPath(inner).parts or _ABSOLUTE.match(inner)
    if outside or stat.S_ISLNK(info.external_attr >> 16):
        raise _Refused("文件名指向压缩包外面，没有读它；请核对压缩包的来历")


def _check_content(target: Path) -> None:
    with target.open("rb") as file:
        if is_archive(file):
            raise _Refused("压缩包里还有压缩包；请解压后再导入")


def _decoded(info: ZipInfo) -> str:
    """A member's name; archivers of Chinese Windows write GBK and do not say so."""
    name = info.orig_filename
    if not info.flag_bits & _NAMES_IN_UTF8:
        written = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = written.decode(encoding)
            except UnicodeDecodeError:
                continue
            break
    return name.partition("\x00")[0].replace("\\", "/") or "（没有名字）"


def _shown(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= 120 else f"…{shown[-120:]}"


def printable(name: str) -> str:
    """A name as every terminal, JSON and database takes it: anything may stand in a file's."""
    return "".join(each if each.isprintable() else "�" for each in name)


def _too_large(file: IO[bytes], limits: Limits) -> str | None:
    """Look at the size of the table of contents before zipfile reads all of it."""
    size = file.seek(0, 2)
    start = max(0, size - _END_SIZE - _LONGEST_COMMENT - _LOCATOR_SIZE)
    file.seek(start)
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + _END_SIZE:
        return None
    (directory,) = struct.unpack_from("<I", tail, at + 12)
    large = at >= _LOCATOR_SIZE and tail.startswith(_LARGE_LOCATOR, at - _LOCATOR_SIZE)
    if directory > limits.directory or large:
        return "里面的文件太多或太大；请分成几个压缩包，或解压后再导入"
    return None
