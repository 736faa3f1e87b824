"""The `mingzhang` command line; every command imports what it needs when it is called."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.failure import CommandFailed, complain
from bot.commands.misuse import misuse_in_words

__all__ = ["main"]

app = typer.Typer(
    name="mingzhang",
    help="明账：推广佣金问答机器人。先试试 mingzhang demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
knowledge_commands = typer.Typer(help="检查、试用、发布知识库", no_args_is_help=True)
database_commands = typer.Typer(help="管理数据库", no_args_is_help=True)
rules_commands = typer.Typer(help="规则手册：数字、来源、用在哪里", invoke_without_command=True)
creator_commands = typer.Typer(help="登记达人，生成绑定链接", no_args_is_help=True)
app.add_typer(knowledge_commands, name="knowledge")
app.add_typer(database_commands, name="db")
app.add_typer(creator_commands, name="creator")
app.add_typer(rules_commands, name="rules")

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON，每行一条")]
LanguageOption = Annotated[str, typer.Option("--lang", help="zh、zh-hant 或 en")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="以这一时刻为准，如 2026-09-15T09:00:00+08:00")
]
RulesOption = Annotated[Path | None, typer.Option("--rules", help="运营方自己的规则目录")]


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
    files: Annotated[list[Path], typer.Argument(help="平台导出的报表")],
    platform: Annotated[str | None, typer.Option(help="只按这个平台的格式读")] = None,
    creator: Annotated[str | None, typer.Option(help="这些订单都归这位达人")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会怎样，不写入")] = False,
    as_json: JsonOption = False,
) -> None:
    """导入平台导出的订单报表。"""
    from bot.commands.importing import import_files

    if not import_files(files, platform, creator, dry_run=dry_run, as_json=as_json):
        raise typer.Exit(2)


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
def settings(as_json: JsonOption = False) -> None:
    """列出全部设置及其来源；机密已遮盖。"""
    from bot.commands.settings import show_settings

    show_settings(as_json=as_json)


KnowledgeFolder = Annotated[Path | None, typer.Option("--knowledge", help="运营方的知识目录")]


@knowledge_commands.command("check")
def knowledge_check(folder: KnowledgeFolder = None) -> None:
    """检查知识库：格式、重复、遮蔽、来源、链接、模板。"""
    from bot.commands.knowledge import check

    if not check(folder):
        raise typer.Exit(1)


@knowledge_commands.command("test")
def knowledge_test(
    questions: Annotated[Path, typer.Argument(help="测试问题的目录")] = Path("tests/questions"),
    folder: KnowledgeFolder = None,
) -> None:
    """把全部测试问题问一遍，看哪句去了哪里。"""
    from bot.commands.knowledge import test

    if not test(questions, folder):
        raise typer.Exit(1)


@knowledge_commands.command("try")
def knowledge_try(
    text: Annotated[list[str], typer.Argument(help="要试的话")],
    folder: KnowledgeFolder = None,
) -> None:
    """试一句话：怎么听懂的，有哪些候选，为什么是这个结果。"""
    from bot.commands.knowledge import try_text

    try_text(" ".join(text), folder)


@knowledge_commands.command("publish")
def knowledge_publish(
    folder: KnowledgeFolder = None,
    rules: RulesOption = None,
    note: Annotated[str, typer.Option(help="改了什么，为什么")] = "",
    revision: Annotated[int | None, typer.Option(help="回到第几版；0 是随程序附带的版本")] = None,
) -> None:
    """检查并发布：运行中的机器人随即换用；没给的那一半保持现行。"""
    from bot.commands.publishing import publish

    publish(folder, rules, note, revision)


@knowledge_commands.command("revisions")
def knowledge_revisions() -> None:
    """列出发布过的版本，* 为现行。"""
    from bot.commands.publishing import revisions

    revisions()


@knowledge_commands.command("diff")
def knowledge_diff(
    candidate: Annotated[str, typer.Argument(help="版本号，或放知识文件的目录")],
    questions: Annotated[
        Path | None, typer.Option(help="测试问题的目录；不给则用 tests/questions（如果有）")
    ] = None,
) -> None:
    """与现行版本相比，哪些问句会得到别的答案。"""
    from bot.commands.publishing import diff

    diff(candidate, questions)


@rules_commands.callback()
def rules(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="全部数字、事实与词汇")] = False,
    as_table: Annotated[bool, typer.Option("--table", help="每条事实用在哪里")] = False,
    cases: Annotated[Path, typer.Option(help="用例的目录")] = Path("tests/cases"),
    directory: RulesOption = None,
) -> None:
    """规则手册：数字、来源、用在哪里。"""
    if context.invoked_subcommand is not None:
        return
    from bot.commands.rules import show_json, show_table

    (show_json if as_json and not as_table else show_table)(directory, cases)


@rules_commands.command("check")
def rules_check(directory: Annotated[Path, typer.Argument(help="运营方的规则目录")]) -> None:
    """检查运营方自己的规则。"""
    from bot.commands.rules import check

    check(directory)


@rules_commands.command("diff")
def rules_diff(
    before: Annotated[Path, typer.Argument(help="原来的规则目录")],
    after: Annotated[Path, typer.Argument(help="新的规则目录")],
    orders: Annotated[str, typer.Option(help="订单的 JSON Lines 文件")],
    as_of: AsOfOption = None,
) -> None:
    """两套规则下，哪些订单的诊断会变。"""
    from bot.commands.rules import diff

    if not diff(before, after, orders, as_of):
        raise typer.Exit(2)


@database_commands.command("upgrade")
def database_upgrade() -> None:
    """把数据库升级到当前版本。"""
    from bot.commands.database import upgrade

    upgrade()


@creator_commands.command("add")
def creator_add(
    name: Annotated[str, typer.Argument(help="达人的名字")],
    promoter: Annotated[
        list[str] | None, typer.Option(help="报表里的叫法，如 jd:position=短视频1；可重复")
    ] = None,
) -> None:
    """登记一位达人。"""
    from bot.commands.creators import add

    add(name, tuple(promoter or ()))


@creator_commands.command("link")
def creator_link(name: Annotated[str, typer.Argument(help="达人的名字")]) -> None:
    """生成一次性的绑定链接。"""
    from bot.commands.creators import link

    link(name)


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
