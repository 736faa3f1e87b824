"""`mingzhang db upgrade|check|copy`: the tables brought up to date, and moved elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.commands.failure import CommandFailed
from bot.commands.output import say
from bot.commands.store import opened_store, usable_settings
from bot.store.copying import Copied, CopyRefusedError, copy_database
from bot.store.database import DriverMissingError, Tables, is_known, open_engine, tables_of
from bot.store.transactions import reads

__all__ = ["check", "copy", "upgrade"]

FORMS = "应是 sqlite:///文件 或 postgresql://用户:密码@主机/库名"


def upgrade() -> None:
    """Create or migrate the tables of the configured database."""
    with opened_store() as engine:
        shown = engine.url.render_as_string(hide_password=True)
    say(f"数据库已是最新：{shown}")


def check() -> bool:
    """Say whether the tables are those of this program; nothing is written."""
    address = usable_settings().database_url.get_secret_value()
    _need_file(address, "MINGZHANG_DATABASE_URL：数据库")
    with _opened(address, "设置里的") as engine:
        tables = _tables(engine)
    say(_standing(tables))
    return tables.found == tables.program


def _tables(engine: Engine) -> Tables:
    try:
        with reads(engine) as connection:
            return tables_of(connection)
    except DBAPIError as error:
        raise CommandFailed(
            f"MINGZHANG_DATABASE_URL：打不开数据库（{type(error).__name__}）；"
            "请检查地址、服务器与权限"
        ) from None


def _standing(tables: Tables) -> str:
    if tables.found == tables.program:
        return f"数据库的表是当前版本：{tables.found}"
    if tables.found and not is_known(tables.found):
        return (
            f"数据库的表更新（{tables.found}），这个程序只到 {tables.program}：请换较新的程序，"
            "或恢复升级前的备份"
        )
    if not tables.found:
        return f"数据库里还没有表，这个程序要 {tables.program}：请先 mingzhang db upgrade"
    return (
        f"数据库的表是 {tables.found}，这个程序要 {tables.program}："
        "请先 mingzhang backup，再 mingzhang db upgrade"
    )


def copy(source: str, target: str) -> None:
    """Copy one database into another that is empty; says how far it is."""
    _need_file(source, "来源数据库")
    with _opened(source, "来源") as reading, _opened(target, "目标") as writing:
        try:
            copy_database(reading, writing, _report)
        except CopyRefusedError as error:
            raise CommandFailed(str(error)) from None
        except (DBAPIError, OSError) as error:
            raise CommandFailed(
                f"没有复制成（{getattr(error, 'strerror', None) or type(error).__name__}）；"
                "请检查两个地址、权限和磁盘空间，"
                "目标数据库里什么都没有留下"
            ) from None
        shown = writing.url.render_as_string(hide_password=True)
    say(f"已全部复制并核对行数；把 MINGZHANG_DATABASE_URL 改成 {shown} 后启动")


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


def _need_file(address: str, role: str) -> None:
    file = address.removeprefix("sqlite:///")
    if file != address and not Path(file).exists():
        raise CommandFailed(f"{role}不存在：{file}；请检查路径（绝对路径有四条斜线）")


def _report(copied: Copied) -> None:
    if copied.rows == copied.of or copied.rows % PROGRESS_EVERY == 0:
        say(f"{copied.table}：{copied.rows}/{copied.of}")


PROGRESS_EVERY = 50_000
