"""PostgreSQL's own programs for backups (pg_dump, pg_restore)."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import URL, Engine

from bot.store.backup_files import BackupRefusedError

__all__ = ["dump", "dumped_revision", "dumped_tables", "load"]

_LOCK_WAIT = "10s"
_VERSION = re.compile(r"^COPY \S+\.alembic_version .*\n(\S+)\n", re.MULTILINE)
_TABLE = re.compile(r"^\d+; \d+ \d+ TABLE \S+ (\S+) ", re.MULTILINE)


def dump(engine: Engine, file: Path) -> None:
    """Write all of a database as of one moment, while others write to it."""
    words = (
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--lock-wait-timeout={_LOCK_WAIT}",
    )
    _run("pg_dump", [*words, f"--file={file}", f"--dbname={_address(engine.url)}"], engine.url)


def dumped_tables(file: Path) -> set[str]:
    """The names of the tables in a dump."""
    return set(_TABLE.findall(_run("pg_restore", ["--list", str(file)])))


def dumped_revision(file: Path) -> str | None:
    """Which version of the tables is in a dump."""
    words = ["--data-only", "--table=alembic_version", "--file=-", str(file)]
    found = _VERSION.search(_run("pg_restore", words))
    return found[1] if found else None


def load(engine: Engine, file: Path) -> None:
    """Put the tables of a dump in the place of those that are there, all of them or none."""
    words = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    instead = ("--clean", "--if-exists")
    database = f"--dbname={_address(engine.url)}"
    _run("pg_restore", [*words, *instead, database, str(file)], engine.url)


def _address(url: URL) -> str:
    """The address without its password, which would stand in the list of processes."""
    return url.set(drivername="postgresql").set(password=None).render_as_string()


def _run(program: str, words: Sequence[str], url: URL | None = None) -> str:
    found = shutil.which(program)
    if found is None:
        raise BackupRefusedError(
            f"没有 {program}：请安装 PostgreSQL 的客户端程序（Debian：apt install "
            "postgresql-client），版本不要低于服务器"
        )
    environment = os.environ | {"PGOPTIONS": f"-c lock_timeout={_LOCK_WAIT}", "LC_ALL": "C"}
    if url is not None and url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(  # noqa: S603 - the program's own words, no shell
        [found, *words],
        capture_output=True,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise BackupRefusedError(f"{program} 没有做完：{_reason(done.stderr)}；什么都没有改变")
    return done.stdout.decode("utf-8", "replace")


def _reason(said: bytes) -> str:
    """The first line with which a program says what stood in its way; its values stay out."""
    lines = said.decode("utf-8", "replace").splitlines() or ["没有说原因"]
    errors = [line for line in lines if "error:" in line]
    return (errors or lines)[0].strip()
