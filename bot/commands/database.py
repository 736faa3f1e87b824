"""`mingzhang db upgrade|copy`: bring the tables up to date; move to another database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.commands.failure import CommandFailed, standard_output
from bot.commands.store import opened_store
from bot.store.copying import Copied, CopyRefusedError, copy_database
from bot.store.database import DriverMissingError, open_engine

__all__ = ["copy", "upgrade"]

FORMS = "应是 sqlite:///文件 或 postgresql://用户:密码@主机/库名"


def upgrade() -> None:
    """Create or migrate the tables of the configured database."""
    with opened_store() as engine:
        shown = engine.url.render_as_string(hide_password=True)
    _say(f"数据库已是最新：{shown}")


def copy(source: str, target: str) -> None:
    """Copy one database into another that is empty; says how far it is."""
    _need_file(source)
    with _opened(source, "来源") as reading, _opened(target, "目标") as writing:
        try:
            copy_database(reading, writing, _report)
        except CopyRefusedError as error:
            raise CommandFailed(str(error)) from None
        except (DBAPIError, OSError) as error:
            raise CommandFailed(
                f"没有复制成（{type(error).__name__}）；请检查两个地址、权限和磁盘空间，"
                "目标数据库里什么都没有留下"
            ) from None
        shown = writing.url.render_as_string(hide_password=True)
    _say(f"已全部复制并核对行数；把 MINGZHANG_DATABASE_URL 改成 {shown} 后启动")


@contextmanager
def _opened(address: str, role: str) -> Iterator[Engine]:
    try:
        engine = open_engine(address)
    except (ArgumentError, OSError):
        raise CommandFailed(f"{role}数据库的地址读不懂：{FORMS}") from None
    except DriverMissingError as error:
        raise CommandFailed(str(error)) from None
    try:
        yield engine
    finally:
        engine.dispose()


def _need_file(source: str) -> None:
    file = source.removeprefix("sqlite:///")
    if file != source and not Path(file).exists():
        raise CommandFailed(f"来源数据库不存在：{file}；请检查路径（绝对路径有四条斜线）")


def _report(copied: Copied) -> None:
    if copied.rows == copied.of or copied.rows % PROGRESS_EVERY == 0:
        _say(f"{copied.table}：{copied.rows}/{copied.of}")


PROGRESS_EVERY = 50_000


def _say(line: str) -> None:
    standard_output().write(f"{line}\n".encode())
    standard_output().flush()
