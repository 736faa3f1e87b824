"""Backups as files (备份文件): whole or not there, and readable by their owner alone."""

import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import IO, cast

__all__ = ["BackupForm", "BackupRefusedError", "copy_unpacked", "form_of", "new_file", "put_there"]

PARTIAL = ".partial"
_GZIP = b"\x1f\x8b"


class BackupRefusedError(Exception):
    """Why nothing is backed up or restored, and what to do; all is as it was."""


class BackupForm(Enum):
    """Whose form a backup has, by the bytes it begins with."""

    SQLITE = b"SQLite format 3\0"
    POSTGRESQL = b"PGDMP"


def form_of(file: Path) -> BackupForm:
    """Tell it by its first bytes, compressed or not; BackupRefusedError if it is none."""
    with _unpacked(file) as content:
        try:
            beginning = content.read(16)
        except (OSError, EOFError):
            beginning = b""
    for form in BackupForm:
        if beginning.startswith(form.value):
            return form
    raise BackupRefusedError(f"{file}：不是 mingzhang backup 做的备份，请检查是不是拿错了文件")


def copy_unpacked(file: Path, target: Path) -> None:
    """Copy a backup, decompressed if it was compressed; BackupRefusedError if it is broken."""
    with _unpacked(file) as content, target.open("wb") as copy:
        try:
            shutil.copyfileobj(content, copy, 1 << 20)
        except (gzip.BadGzipFile, EOFError) as error:
            raise BackupRefusedError(
                f"{file}：压缩的内容坏了（{type(error).__name__}），请换一份备份"
            ) from None


@contextmanager
def new_file(file: Path) -> Iterator[Path]:
    """An empty file to be filled; it becomes `file` in the end, or nothing does.

    Meanwhile it lies beside it as `.<name>.partial`. A process that is killed may leave that
    behind; the next backup of the same name writes over it.
    """
    if file.exists():
        raise BackupRefusedError(f"{file}：已经有这个文件，不会覆盖；请换一个名字")
    partial = file.with_name(f".{file.name}{PARTIAL}")
    os.close(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    try:
        partial.chmod(0o600)
        yield partial
        if file.suffix == ".gz":
            _compress(partial)
        put_there(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def put_there(partial: Path, file: Path) -> None:
    """Give a finished file its name, so that not even a power cut leaves a half of it."""
    _sync(partial)
    partial.replace(file)
    _sync(file.parent)


def _compress(partial: Path) -> None:
    packed = partial.with_name(f"{partial.name}.gz")
    try:
        opened = os.open(packed, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with (
            partial.open("rb") as content,
            os.fdopen(opened, "wb") as file,
            gzip.open(file, "wb", compresslevel=6) as compressed,
        ):
            shutil.copyfileobj(content, compressed, 1 << 20)
        packed.replace(partial)
    finally:
        packed.unlink(missing_ok=True)


@contextmanager
def _unpacked(file: Path) -> Iterator[IO[bytes]]:
    with file.open("rb") as raw:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        if not packed:
            yield raw
            return
        with gzip.open(raw, "rb") as content:
            yield cast("IO[bytes]", content)


def _sync(path: Path) -> None:
    """Wait until it is on the disk: a file's content, or a folder's names."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
