"""The file of the operator's creators (达人登记表), read whenever orders come in."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.store.creator_table import TableChanges, put_creators, what_creators_change
from bot.store.transactions import reads, transact
from settlement.creators_file import NamedCreator, read_creators
from settlement.yaml_text import RuleFileError

__all__ = ["CreatorsFile", "follow_creators", "load_creators", "read_creators_file"]

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0


def read_creators_file(path: Path) -> tuple[NamedCreator, ...]:
    """Read the file; raises RuleFileError also for one that cannot be opened or decoded."""
    place = "the whole file"
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        cause = f"cannot be read ({error.strerror or type(error).__name__})"
        raise RuleFileError(str(path), place, cause, "check path and rights") from None
    except UnicodeDecodeError as error:
        cause = f"is not UTF-8 from byte {error.start} on"
        raise RuleFileError(str(path), place, cause, "save it as UTF-8") from None
    return read_creators(text, str(path))


def load_creators(
    engine: Engine, path: Path | None, now: datetime, *, dry_run: bool = False
) -> TableChanges:
    """Put the file's creators into the store, and say what changed; without a file nothing.

    Call it before orders are imported, so that they find their creators.

    Raises:
        RuleFileError: if the file cannot be used; nothing has changed then.
    """
    if path is None:
        return TableChanges((), (), (), 0)
    table = read_creators_file(path)
    with reads(engine) as connection:
        changes = what_creators_change(connection, table)
    if dry_run or not changes:
        return changes
    return transact(engine, lambda connection: put_creators(connection, table, now))


async def follow_creators(engine: Engine, path: Path | None, now: Callable[[], datetime]) -> None:
    """Look at the file until cancelled, if there is one; a broken edit leaves what was read."""
    if path is None:
        return
    file = CreatorsFile(engine, path, now)
    while True:
        await asyncio.to_thread(file.look)
        await asyncio.sleep(PAUSE_SECONDS)


@dataclass(slots=True)
class CreatorsFile:
    """The file beside a running bot: read at the start, and whenever it has changed."""

    engine: Engine
    path: Path
    now: Callable[[], datetime]
    _seen: tuple[int, int] | None = None

    def look(self) -> None:
        """Read the file if it is another than last time; what goes wrong is logged."""
        seen = self._state()
        if seen == self._seen:
            return
        try:
            load_creators(self.engine, self.path, self.now())
        except RuleFileError:
            # What is wrong would name creators, which a log must not.
            logger.warning("%s cannot be used: mingzhang creator load says why", self.path.name)
        except DBAPIError as error:
            logger.warning("creators not read, trying again: %s", type(error).__name__)
            return
        self._seen = seen

    def _state(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except OSError:
            return (0, 0)
        return found.st_mtime_ns, found.st_size
