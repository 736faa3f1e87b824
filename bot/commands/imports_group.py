"""`mingzhang imports …`: the commands about what was imported."""

from typing import Annotated

import typer

from bot.commands.parameters import JsonOption

__all__ = ["imports_commands"]

imports_commands = typer.Typer(help="导入过什么，改了什么；撤销", invoke_without_command=True)

Number = Annotated[int, typer.Argument(metavar="编号", help="mingzhang imports 列出的编号")]


@imports_commands.callback()
def imports(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="列出全部，不只最近的")] = False,
    as_json: JsonOption = False,
) -> None:
    """列出导入过什么，最近的在前。"""
    if context.invoked_subcommand is not None:
        return
    from bot.commands.imports import show_imports

    show_imports(everything=everything, as_json=as_json)


@imports_commands.command("show")
def imports_show(number: Number, as_json: JsonOption = False) -> None:
    """看一次导入改了哪些订单：哪一项，从多少变成多少。"""
    from bot.commands.imports import show_import

    show_import(number, as_json=as_json)


@imports_commands.command("undo")
def imports_undo(
    number: Number,
    surely: Annotated[bool, typer.Option("--yes", help="不再问一遍")] = False,
) -> None:
    """撤销一次导入：它带来的不再显示，它改过的恢复成之前的样子。"""
    from bot.commands.imports import undo_import

    undo_import(number, surely=surely)
