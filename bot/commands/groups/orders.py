"""Commands that bring orders in and out (订单): reports, interfaces, whose they are."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.parameters import JsonOption, OnlyCreatorOption, OnlyPlatformOption, example

__all__ = ["commands"]

PANEL = "订单"

commands = typer.Typer()
imports_commands = typer.Typer(invoke_without_command=True)
sync_commands = typer.Typer(invoke_without_command=True)
creator_commands = typer.Typer(help="登记达人，生成绑定链接。", no_args_is_help=True)
for group, name in (
    (imports_commands, "imports"),
    (sync_commands, "sync"),
    (creator_commands, "creator"),
):
    commands.add_typer(group, name=name, rich_help_panel=PANEL)

Number = Annotated[int, typer.Argument(metavar="编号", help="mingzhang imports 列出的编号")]
Name = Annotated[str, typer.Argument(help="达人的名字")]


@commands.command(
    "import", rich_help_panel=PANEL, epilog=example("import 报表.zip --creators creators.yaml")
)
def import_reports(
    files: Annotated[list[Path], typer.Argument(help="平台导出的报表、装着报表的 ZIP 或文件夹")],
    platform: Annotated[str | None, typer.Option(help="只按这个平台的格式读，如 jd")] = None,
    creator: Annotated[str | None, typer.Option(help="这些订单都归这位达人")] = None,
    creators: Annotated[Path | None, typer.Option(help="先读达人登记表 creators.yaml")] = None,
    columns: Annotated[Path | None, typer.Option(help="自己的版式文件 columns.yaml")] = None,
    refused: Annotated[
        Path | None, typer.Option(help="没有导入的行连同原因写到这个 CSV，或这个文件夹里")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会怎样，不写入")] = False,
    as_json: JsonOption = False,
) -> None:
    """导入平台导出的订单报表。"""
    from bot.commands.importing import Request, import_files

    request = Request(platform, creator, creators, columns, refused, dry_run, as_json)
    if not import_files(files, request):
        raise typer.Exit(2)


@commands.command(
    rich_help_panel=PANEL,
    epilog=example("export --since 2026-09-01 --out 订单.csv"),
)
def export(
    creator: OnlyCreatorOption = None,
    platform: OnlyPlatformOption = None,
    since: Annotated[str | None, typer.Option(help="只要这天起下的单，如 2026-09-01")] = None,
    out: Annotated[
        Path | None, typer.Option(help="新文件 .csv、.xlsx 或 .jsonl；不写就输出 JSON Lines")
    ] = None,
) -> None:
    """导出订单行：全部字段，mingzhang import 能原样读回。"""
    from bot.commands.exporting_orders import Choice, export_orders

    export_orders(Choice(creator, platform, since), out)


@imports_commands.callback(epilog=example("imports --all"))
def imports(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="列出全部，不只最近的")] = False,
    as_json: JsonOption = False,
) -> None:
    """列出导入过什么，最近的在前；改了什么，怎样撤销。"""
    if context.invoked_subcommand is not None:
        return
    from bot.commands.imports import show_imports

    show_imports(everything=everything, as_json=as_json)


@imports_commands.command("show", epilog=example("imports show 12"))
def imports_show(number: Number, as_json: JsonOption = False) -> None:
    """看一次导入改了哪些订单：哪一项，从多少变成多少。"""
    from bot.commands.imports import show_import

    show_import(number, as_json=as_json)


@imports_commands.command("undo", epilog=example("imports undo 12"))
def imports_undo(
    number: Number,
    surely: Annotated[bool, typer.Option("--yes", help="不再问一遍")] = False,
) -> None:
    """撤销一次导入：它带来的不再显示，它改过的恢复成之前的样子。"""
    from bot.commands.imports import undo_import

    undo_import(number, surely=surely)


@sync_commands.callback(epilog=example("sync --platform jd --since 2026-09-01 --once"))
def sync(
    context: typer.Context,
    platform: OnlyPlatformOption = None,
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


@sync_commands.command("status", epilog=example("sync status"))
def sync_status(as_json: JsonOption = False) -> None:
    """看各平台取到了哪里、落后多少、有什么问题、哪些订单还不知道是谁的。"""
    from bot.commands.sync_status import show_status

    show_status(as_json=as_json)


@creator_commands.command("add", epilog=example("creator add 小雅 --promoter jd:推广位=短视频1"))
def creator_add(
    name: Name,
    promoter: Annotated[
        list[str] | None, typer.Option(help="报表里的叫法，如 jd:推广位=小雅短视频；可重复")
    ] = None,
) -> None:
    """登记一位达人。"""
    from bot.commands.creators import add

    add(name, tuple(promoter or ()))


@creator_commands.command("pid", epilog=example("creator pid 小雅 taobao mm_1_2_3 mm_1_2_4"))
def creator_pid(
    name: Name,
    platform: Annotated[str, typer.Argument(help="平台，如 taobao")],
    pids: Annotated[list[str], typer.Argument(help="推广位 PID，如 mm_1_2_3；可以多个")],
) -> None:
    """登记达人的推广位（PID），他们就能问链接是不是自己的。"""
    from bot.commands.creators import name_pids

    name_pids(name, platform, tuple(pids))


@creator_commands.command("load", epilog=example("creator load creators.yaml --dry-run"))
def creator_load(
    file: Annotated[Path, typer.Argument(help="达人登记表，creators.yaml")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会怎样，不写入")] = False,
) -> None:
    """按登记表登记达人，和各平台报表对他们的叫法；表里没有的保留不动。"""
    from bot.commands.creators import load

    load(file, dry_run=dry_run)


@creator_commands.command("link", epilog=example("creator link 小雅"))
def creator_link(name: Name) -> None:
    """生成一次性的绑定链接。"""
    from bot.commands.binding_link import link

    link(name)
