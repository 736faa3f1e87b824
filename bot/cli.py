"""The `mingzhang` command line; every command imports what it needs when it is called."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.console_group import console_commands
from bot.commands.failure import CommandFailed, complain
from bot.commands.groups import (
    creator_commands,
    database_commands,
    knowledge_commands,
    outbox_commands,
    rules_commands,
)
from bot.commands.imports_group import imports_commands
from bot.commands.misuse import misuse_in_words
from bot.commands.parameters import AsOfOption, JsonOption, LanguageOption, RulesOption
from bot.commands.sync_group import sync_commands

__all__ = ["main"]

app = typer.Typer(
    name="mingzhang",
    help="明账：推广佣金问答机器人。先试试 mingzhang demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(knowledge_commands, name="knowledge")
app.add_typer(database_commands, name="db")
app.add_typer(console_commands, name="console")
app.add_typer(creator_commands, name="creator")
app.add_typer(rules_commands, name="rules")
app.add_typer(outbox_commands, name="outbox")
app.add_typer(imports_commands, name="imports")
app.add_typer(sync_commands, name="sync")


@app.command()
def ask(
    text: Annotated[list[str] | None, typer.Argument(help="要问的话")] = None,
    batch: Annotated[bool, typer.Option("--batch", help="从标准输入逐行读取问题")] = False,
    as_json: JsonOption = False,
    language: LanguageOption = "zh",
    as_of: AsOfOption = None,
) -> None:
    """用自己的话提问，得到审核过的答案。"""
    from bot.commands.ask import ask_batch, ask_once

    if batch:
        ask_batch(sys.stdin.buffer, language=language, as_of=as_of, as_json=as_json)
    else:
        ask_once(" ".join(text or []), language=language, as_of=as_of, as_json=as_json)


@app.command()
def diagnose(
    file: Annotated[str, typer.Argument(help="JSON Lines 文件，- 表示标准输入")],
    as_json: JsonOption = False,
    with_text: Annotated[bool, typer.Option("--text", help="附上给人看的文字")] = False,
    summary: Annotated[bool, typer.Option("--summary", help="只输出按状态与原因的汇总")] = False,
    what_if: Annotated[
        list[str] | None, typer.Option(help="假如：received=2026-12-01 或 refund=50.00")
    ] = None,
    language: LanguageOption = "zh",
    as_of: AsOfOption = None,
    rules: RulesOption = None,
) -> None:
    """诊断订单：每行一条订单，输出每行一条结论。"""
    from bot.commands.diagnose import Request, diagnose_lines

    request = Request(
        language=language,
        as_of=as_of,
        rules=rules,
        what_if=tuple(what_if or ()),
        as_json=as_json,
        with_text=with_text or not as_json,
        summary=summary,
    )
    if not diagnose_lines(file, request):
        raise typer.Exit(2)


@app.command()
def calc(
    name: Annotated[str, typer.Argument(help="计算器的名字，如 payout-date")],
    given: Annotated[str, typer.Option("--json", help="JSON 对象")],
    rules: RulesOption = None,
) -> None:
    """算一笔：结算日、新老客、扣款、音浪……"""
    from bot.commands.calc import calc as calculate

    calculate(name, given, rules)


@app.command("import")
def import_reports(
    files: Annotated[list[Path], typer.Argument(help="平台导出的报表、装着报表的 ZIP 或文件夹")],
    platform: Annotated[str | None, typer.Option(help="只按这个平台的格式读")] = None,
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


@app.command("export")
def export(
    creator: Annotated[str | None, typer.Option(help="只导出这位达人的订单")] = None,
    platform: Annotated[str | None, typer.Option(help="只导出这个平台的订单")] = None,
    since: Annotated[str | None, typer.Option(help="只导出这天起下的单，如 2026-09-01")] = None,
    out: Annotated[
        Path | None, typer.Option(help="新文件 .csv、.xlsx 或 .jsonl；不写就输出 JSON Lines")
    ] = None,
) -> None:
    """导出订单行：全部字段，mingzhang import 能原样读回。"""
    from bot.commands.exporting_orders import Choice, export_orders

    export_orders(Choice(creator, platform, since), out)


@app.command()
def reconcile(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="结算单、月账单、到账流水，或已结算的订单报表；不给则用接口取来的月账单"
        ),
    ] = None,
    platform: Annotated[str | None, typer.Option(help="这是哪个平台的账单")] = None,
    creator: Annotated[str | None, typer.Option(help="只对这位达人的订单")] = None,
    month: Annotated[str | None, typer.Option(help="哪个月的账单，如 2026-09")] = None,
    columns: Annotated[Path | None, typer.Option(help="说明列名的 YAML 文件")] = None,
    out: Annotated[Path | None, typer.Option(help="明细写到这个 .csv 或 .xlsx")] = None,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """对账：账单和订单逐笔比，差多少、差在哪里、漏了哪些。"""
    from bot.commands.reconciling import Request
    from bot.commands.reconciling import reconcile as compare

    given = tuple(files or ())
    request = Request(given, platform, creator, month, columns, rules, out, as_json)
    if not compare(request):
        raise typer.Exit(2)


@app.command()
def radar(
    platform: Annotated[str | None, typer.Option(help="只看这个平台")] = None,
    since: Annotated[str | None, typer.Option(help="从这一天看起，如 2026-11-01")] = None,
    out: Annotated[Path | None, typer.Option(help="写到这个 .csv、.xlsx 或 .png")] = None,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """漏佣雷达：哪个平台、哪家店、什么原因漏了多少佣金，涨了还是跌了。"""
    from bot.commands.radar import show

    show(platform, since, rules, out, as_json=as_json)


@app.command()
def run() -> None:
    """在 Telegram 上运行机器人（需要 MINGZHANG_TOKEN）。"""
    from bot.commands.running import run as serve

    serve()


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="聊天页的端口")] = 8899,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="不自动打开浏览器")] = False,
) -> None:
    """演示：机器人、模拟器和聊天页，带样例订单，不需要令牌。"""
    from bot.commands.demo import demo as serve_demo

    serve_demo(port, open_browser=not no_browser)


@app.command()
def chat(
    own: Annotated[bool, typer.Option("--own", help="用设置里的数据库，不用样例订单")] = False,
    creator: Annotated[str | None, typer.Option(help="以这位达人的身份")] = None,
    files: Annotated[Path | None, typer.Option(help="图片和文件存到这个目录")] = None,
    language: LanguageOption = "zh",
) -> None:
    """在终端里和机器人对话，不需要 Telegram。"""
    from bot.commands.chat import chat as talk

    talk(creator, language, files, own=own)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="新文件，如 备份.db.gz；.gz 结尾就压缩")],
) -> None:
    """备份整个数据库到一个文件；机器人可以照常运行。"""
    from bot.commands.backup import backup as back_up

    back_up(file)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="mingzhang backup 做的文件")],
    replace: Annotated[bool, typer.Option("--replace", help="取代数据库里已有的内容")] = False,
) -> None:
    """从备份恢复整个数据库；先停掉机器人。"""
    from bot.commands.backup import restore_from

    restore_from(file, replace=replace)


@app.command()
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


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """体检：令牌、webhook、数据库、时钟、磁盘……哪里不对，怎么办。"""
    from bot.commands.doctor import doctor as examine

    raise typer.Exit(examine(as_json=as_json))


def main() -> None:
    """Run the command line; whatever is wrong becomes one line and exit status 2."""
    try:
        status = app(standalone_mode=False)
    except CommandFailed as failure:
        for line in str(failure).splitlines():
            complain(line)
        status = 2
    except typer.Abort:
        status = 130
    except typer.TyperException as misuse:
        if said := misuse_in_words(misuse):
            complain(said)
        status = 2
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        # The reader of a pipe, such as head, has had enough.
        status = 0
    sys.exit(status if isinstance(status, int) else 0)
