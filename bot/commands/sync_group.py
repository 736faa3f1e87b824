"""The commands of `mingzhang sync`; what one needs is imported when it is called."""

from typing import Annotated

import typer

from bot.commands.parameters import JsonOption

__all__ = ["sync_commands"]

sync_commands = typer.Typer(help="从平台的接口取订单", invoke_without_command=True)


@sync_commands.callback()
def sync(
    context: typer.Context,
    platform: Annotated[str | None, typer.Option(help="只同步这个平台")] = None,
    since: Annotated[str | None, typer.Option(help="从这一天起重新取，如 2026-09-01")] = None,
    once: Annotated[bool, typer.Option("--once", help="取到现在为止就结束")] = False,
    as_json: JsonOption = False,
) -> None:
    """从平台的接口取订单，一直取到 Ctrl-C；mingzhang run 自己也会取。"""
    if context.invoked_subcommand is not None:
        return
    from bot.commands.inputs import instant
    from bot.commands.syncing import synchronise

    start = instant(since, "--since") if since else None
    if not synchronise(platform, start, once=once, as_json=as_json):
        raise typer.Exit(2)


@sync_commands.command("status")
def sync_status(as_json: JsonOption = False) -> None:
    """看各平台取到了哪里、落后多少、有什么问题、哪些订单还不知道是谁的。"""
    from bot.commands.sync_status import show_status

    show_status(as_json=as_json)
