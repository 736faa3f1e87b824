"""Commands that run the bot and keep it (运行): settings, health, letters, the database."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.parameters import JsonOption, example

__all__ = ["commands"]

RUNNING, KEEPING = "运行", "数据库与备份"

commands = typer.Typer()
console_commands = typer.Typer(help="运营页面：登录链接。", no_args_is_help=True)
outbox_commands = typer.Typer(invoke_without_command=True)
database_commands = typer.Typer(help="管理数据库。", no_args_is_help=True)
commands.add_typer(console_commands, name="console", rich_help_panel=RUNNING)
commands.add_typer(outbox_commands, name="outbox", rich_help_panel=RUNNING)
commands.add_typer(database_commands, name="db", rich_help_panel=KEEPING)


@commands.command(rich_help_panel=RUNNING, epilog=example("run"))
def run() -> None:
    """在 Telegram 上运行机器人（需要 MINGZHANG_TOKEN）。"""
    from bot.commands.running import run as serve

    serve()


@commands.command(rich_help_panel=RUNNING, epilog=example("doctor"))
def doctor(as_json: JsonOption = False) -> None:
    """体检：令牌、webhook、数据库、时钟、磁盘……哪里不对，怎么办。"""
    from bot.commands.doctor import doctor as examine

    raise typer.Exit(examine(as_json=as_json))


@commands.command(rich_help_panel=RUNNING, epilog=example("settings --example > bot.env"))
def settings(
    as_json: JsonOption = False,
    as_file: Annotated[
        bool, typer.Option("--example", help="输出一个列出全部设置的环境变量文件")
    ] = False,
) -> None:
    """列出全部设置及其来源；机密已遮盖。"""
    from bot.commands.settings import show_example, show_settings

    if as_file:
        show_example()
    else:
        show_settings(as_json=as_json)


@console_commands.callback()
def console() -> None:
    """Nothing of its own: or the only command would be taken for the group."""


@console_commands.command("link", epilog=example("console link --user 123456789"))
def console_link(
    user: Annotated[
        int | None,
        typer.Option(help="给谁（Telegram 编号）；不写：给有这台机器权限的你"),
    ] = None,
) -> None:
    """生成一个登录运营页面的链接：十分钟内有效，只能用一次。"""
    from bot.commands.console_link import link

    link(user)


@outbox_commands.callback(epilog=example("outbox --text"))
def outbox(
    context: typer.Context,
    as_json: JsonOption = False,
    with_text: Annotated[bool, typer.Option("--text", help="连同消息的内容")] = False,
) -> None:
    """列出没送到的、不确定送到没有的消息；重发或放弃。"""
    if context.invoked_subcommand is not None:
        return
    from bot.commands.outbox import show

    show(as_json=as_json, with_text=with_text)


@outbox_commands.command("resend", epilog=example("outbox resend 17 18"))
def outbox_resend(
    rows: Annotated[list[int] | None, typer.Argument(metavar="编号", help="哪几条")] = None,
    all_uncertain: Annotated[
        bool, typer.Option("--all-uncertain", help="所有不确定送到没有的")
    ] = False,
) -> None:
    """重发：放回发件箱一次。"""
    from bot.commands.outbox import resend

    resend(rows or [], all_uncertain=all_uncertain)


@outbox_commands.command("drop", epilog=example("outbox drop 17"))
def outbox_drop(
    rows: Annotated[list[int], typer.Argument(metavar="编号", help="哪几条")],
) -> None:
    """放弃：不再发，内容清除。"""
    from bot.commands.outbox import drop

    drop(rows)


@commands.command(rich_help_panel=KEEPING, epilog=example("backup 备份.db.gz"))
def backup(
    file: Annotated[Path, typer.Argument(help="新文件，如 备份.db.gz；.gz 结尾就压缩")],
) -> None:
    """备份整个数据库到一个文件；机器人可以照常运行。"""
    from bot.commands.backup import backup as back_up

    back_up(file)


@commands.command(rich_help_panel=KEEPING, epilog=example("restore 备份.db.gz --replace"))
def restore(
    file: Annotated[Path, typer.Argument(help="mingzhang backup 做的文件")],
    replace: Annotated[bool, typer.Option("--replace", help="取代数据库里已有的内容")] = False,
) -> None:
    """从备份恢复整个数据库；先停掉机器人。"""
    from bot.commands.backup import restore_from

    restore_from(file, replace=replace)


@database_commands.command("upgrade", epilog=example("db upgrade"))
def database_upgrade() -> None:
    """把数据库升级到当前版本。"""
    from bot.commands.database import upgrade

    upgrade()


@database_commands.command("check", epilog=example("db check"))
def database_check() -> None:
    """数据库的表是不是这个版本的程序要的；不是则状态码为 1。"""
    from bot.commands.database import check

    if not check():
        raise typer.Exit(1)


@database_commands.command(
    "copy", epilog=example("db copy sqlite:////var/lib/bot.db postgresql://bot@db/bot")
)
def database_copy(
    source: Annotated[str, typer.Argument(help="来源，如 sqlite:////var/lib/mingzhang.db")],
    target: Annotated[str, typer.Argument(help="目标，空的，如 postgresql://用户@主机/库名")],
) -> None:
    """把整个数据库搬到另一个空的数据库；先停掉机器人。"""
    from bot.commands.database import copy

    copy(source, target)
