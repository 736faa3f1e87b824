"""The store that several commands open."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.commands.failure import CommandFailed
from bot.settings import Settings, SettingsError, load_settings
from bot.store.database import DriverMissingError, NewerDatabaseError, open_engine, upgrade

__all__ = ["opened_store", "usable_settings"]


def usable_settings() -> Settings:
    """The settings of this process, or every problem with them, one line each."""
    try:
        return load_settings()
    except SettingsError as error:
        raise CommandFailed("\n".join(error.problems)) from None


@contextmanager
def opened_store() -> Iterator[Engine]:
    """The configured database with its tables up to date."""
    address = usable_settings().database_url.get_secret_value()
    try:
        engine = open_engine(address)
        upgrade(engine)
    except (DriverMissingError, NewerDatabaseError) as error:
        raise CommandFailed(f"MINGZHANG_DATABASE_URL：{error}") from None
    except (DBAPIError, OSError) as error:
        raise CommandFailed(
            f"MINGZHANG_DATABASE_URL：打不开数据库（{type(error).__name__}）；"
            "请检查地址、目录权限和磁盘空间"
        ) from None
    try:
        yield engine
    finally:
        engine.dispose()
