"""`mingzhang backup|restore`: the whole database as one file, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DBAPIError

from bot.app import SystemClock
from bot.commands.failure import CommandFailed
from bot.commands.output import say
from bot.commands.store import usable_settings
from bot.settings import Settings
from bot.store.backing_up import back_up
from bot.store.backup_files import BackupRefusedError
from bot.store.database import DriverMissingError, open_engine
from bot.store.restoring import restore

__all__ = ["backup", "restore_from"]


def backup(file: Path) -> None:
    """Back up the configured database, which may be in use."""
    settings = usable_settings()
    _need_database(settings)
    with _opened(settings) as engine:
        made = back_up(engine, file)
    say(f"已备份并检查：{file}，{made.size:,} 字节，表的版本 {made.revision}")
    for folder in (settings.knowledge_dir, settings.rules_dir, settings.creators):
        if folder:
            say(f"{folder} 不在备份里（发布过的知识与规则在），请另外备份它")


def restore_from(file: Path, *, replace: bool) -> None:
    """Put a backup into the configured database, which nobody may be using."""
    if not file.is_file():
        raise CommandFailed(f"{file}：没有这个文件；请检查路径")
    with _opened(usable_settings()) as engine:
        done = restore(engine, file, SystemClock().now(), replace=replace)
    say(f"已恢复：表的版本 {done.revision}；下次启动 mingzhang run 时会升级到当前版本")
    say("备份时等着发送的消息没有发出，列在 mingzhang outbox 里，由你决定")
    if done.previous:
        say(f"原来的数据库留在 {done.previous}，确认无误后请删除")


@contextmanager
def _opened(settings: Settings) -> Iterator[Engine]:
    """The configured database as it is, without bringing its tables up to date."""
    try:
        engine = open_engine(settings.database_url.get_secret_value())
    except (DriverMissingError, OSError) as error:
        raise CommandFailed(f"MINGZHANG_DATABASE_URL：{error}") from None
    try:
        yield engine
    except BackupRefusedError as error:
        raise CommandFailed(str(error)) from None
    except (DBAPIError, OSError) as error:
        cause = getattr(error, "strerror", None) or type(error).__name__
        raise CommandFailed(f"没有做成（{cause}）；请检查数据库、目录权限和磁盘空间") from None
    finally:
        engine.dispose()


def _need_database(settings: Settings) -> None:
    url = make_url(settings.database_url.get_secret_value())
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise CommandFailed(f"MINGZHANG_DATABASE_URL：还没有这个数据库文件 {url.database}")
