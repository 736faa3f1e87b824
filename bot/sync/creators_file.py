"""The file of the operator's creators (达人登记表), read whenever orders come in."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from bot.store.creator_table import TableChanges, put_creators, what_creators_change
from settlement.creators_file import NamedCreator, read_creators
from settlement.yaml_text import RuleFileError

__all__ = ["load_creators", "read_creators_file"]


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
    with engine.begin() as connection:
        if dry_run:
            return what_creators_change(connection, table)
        return put_creators(connection, table, now)
