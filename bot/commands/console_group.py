"""`mingzhang console …`: the operator's console from the command line."""

from typing import Annotated

import typer

__all__ = ["console_commands"]

console_commands = typer.Typer(help="运营页面：登录链接", no_args_is_help=True)


@console_commands.callback()
def console() -> None:
    """运营页面：登录链接。"""


@console_commands.command("link")
def console_link(
    user: Annotated[
        int | None,
        typer.Option(help="给这位运营人员（Telegram 编号）；不写：给有这台机器权限的你"),
    ] = None,
) -> None:
    """生成一个登录运营页面的链接：十分钟内有效，只能用一次。"""
    from bot.commands.console_link import link

    link(user)
