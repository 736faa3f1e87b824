"""Commands that belong together (命令组), such as `mingzhang knowledge check`.

As with every command, what one needs is imported when it is called.
"""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.parameters import AsOfOption, JsonOption, RulesOption

__all__ = [
    "creator_commands",
    "database_commands",
    "knowledge_commands",
    "outbox_commands",
    "rules_commands",
]

knowledge_commands = typer.Typer(help="检查、试用、发布知识库", no_args_is_help=True)
database_commands = typer.Typer(help="管理数据库", no_args_is_help=True)
rules_commands = typer.Typer(help="规则手册：数字、来源、用在哪里", invoke_without_command=True)
outbox_commands = typer.Typer(help="没送到、或不确定送到没有的消息", invoke_without_command=True)
creator_commands = typer.Typer(help="登记达人，生成绑定链接", no_args_is_help=True)

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


@knowledge_commands.command("export")
def knowledge_export(
    folder: Annotated[Path, typer.Argument(help="空目录，放现行的答案文件")],
) -> None:
    """把现行的答案写成文件：网页上改过、还没有知识目录的，从这里开始用文件改。"""
    from bot.commands.publishing import export

    export(folder)


@knowledge_commands.command("opinions")
def knowledge_opinions(
    entry: Annotated[str | None, typer.Argument(help="只看这一条答案；不给则看全部")] = None,
    as_json: JsonOption = False,
) -> None:
    """答案下面的 👍 👎，和大家说的哪里不好；最不受欢迎的在前。"""
    from bot.commands.opinions import show

    show(entry, as_json=as_json)


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


@database_commands.command("check")
def database_check() -> None:
    """数据库的表是不是这个版本的程序要的；不是则状态码为 1。"""
    from bot.commands.database import check

    if not check():
        raise typer.Exit(1)


@database_commands.command("copy")
def database_copy(
    source: Annotated[str, typer.Argument(help="来源，如 sqlite:////var/lib/mingzhang.db")],
    target: Annotated[str, typer.Argument(help="目标，空的，如 postgresql://用户@主机/库名")],
) -> None:
    """把整个数据库搬到另一个空的数据库；先停掉机器人。"""
    from bot.commands.database import copy

    copy(source, target)


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


@creator_commands.command("pid")
def creator_pid(
    name: Annotated[str, typer.Argument(help="达人的名字")],
    platform: Annotated[str, typer.Argument(help="平台，如 taobao")],
    pids: Annotated[list[str], typer.Argument(help="推广位 PID，如 mm_1_2_3；可以多个")],
) -> None:
    """登记达人的推广位（PID），他们就能问链接是不是自己的。"""
    from bot.commands.creators import name_pids

    name_pids(name, platform, tuple(pids))


@creator_commands.command("load")
def creator_load(
    file: Annotated[Path, typer.Argument(help="达人登记表，creators.yaml")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会怎样，不写入")] = False,
) -> None:
    """按登记表登记达人，和各平台报表对他们的叫法；表里没有的保留不动。"""
    from bot.commands.creators import load

    load(file, dry_run=dry_run)


@creator_commands.command("link")
def creator_link(name: Annotated[str, typer.Argument(help="达人的名字")]) -> None:
    """生成一次性的绑定链接。"""
    from bot.commands.creators import link

    link(name)


@outbox_commands.callback()
def outbox(
    context: typer.Context,
    as_json: JsonOption = False,
    with_text: Annotated[bool, typer.Option("--text", help="连同消息的内容")] = False,
) -> None:
    """列出失败的、不确定送到没有的消息。"""
    if context.invoked_subcommand is not None:
        return
    from bot.commands.outbox import show

    show(as_json=as_json, with_text=with_text)


@outbox_commands.command("resend")
def outbox_resend(
    rows: Annotated[list[int] | None, typer.Argument(metavar="编号", help="哪几条")] = None,
    all_uncertain: Annotated[
        bool, typer.Option("--all-uncertain", help="所有不确定送到没有的")
    ] = False,
) -> None:
    """重发：放回发件箱一次。"""
    from bot.commands.outbox import resend

    resend(rows or [], all_uncertain=all_uncertain)


@outbox_commands.command("drop")
def outbox_drop(
    rows: Annotated[list[int], typer.Argument(metavar="编号", help="哪几条")],
) -> None:
    """放弃：不再发，内容清除。"""
    from bot.commands.outbox import drop

    drop(rows)
