"""Commands for whoever edits answers and rules (知识与规则): check, try, publish."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.parameters import AsOfOption, JsonOption, RulesOption, example

__all__ = ["commands"]

PANEL = "知识与规则"

commands = typer.Typer()
knowledge_commands = typer.Typer(help="检查、试用、发布知识库。", no_args_is_help=True)
rules_commands = typer.Typer(invoke_without_command=True)
commands.add_typer(knowledge_commands, name="knowledge", rich_help_panel=PANEL)
commands.add_typer(rules_commands, name="rules", rich_help_panel=PANEL)

KnowledgeOption = Annotated[Path | None, typer.Option("--knowledge", help="运营方的知识目录")]


@knowledge_commands.command("check", epilog=example("knowledge check --knowledge 我的答案"))
def knowledge_check(folder: KnowledgeOption = None) -> None:
    """检查知识库：格式、重复、遮蔽、来源、链接、模板。"""
    from bot.commands.knowledge import check

    if not check(folder):
        raise typer.Exit(1)


@knowledge_commands.command("test", epilog=example("knowledge test tests/questions"))
def knowledge_test(
    questions: Annotated[Path, typer.Argument(help="测试问题的目录")] = Path("tests/questions"),
    folder: KnowledgeOption = None,
) -> None:
    """把全部测试问题问一遍，看哪句去了哪里。"""
    from bot.commands.knowledge import test

    if not test(questions, folder):
        raise typer.Exit(1)


@knowledge_commands.command("try", epilog=example("knowledge try 为什么没有佣金"))
def knowledge_try(
    text: Annotated[list[str], typer.Argument(help="要试的话")],
    folder: KnowledgeOption = None,
) -> None:
    """试一句话：怎么听懂的，有哪些候选，为什么是这个结果。"""
    from bot.commands.knowledge import try_text

    try_text(" ".join(text), folder)


@knowledge_commands.command(
    "publish", epilog=example("knowledge publish --knowledge 我的答案 --note 新增双十一")
)
def knowledge_publish(
    folder: KnowledgeOption = None,
    rules: RulesOption = None,
    note: Annotated[str, typer.Option(help="改了什么，为什么")] = "",
    revision: Annotated[int | None, typer.Option(help="回到第几版；0 是随程序附带的版本")] = None,
) -> None:
    """检查并发布：运行中的机器人随即换用；没给的那一半保持现行。"""
    from bot.commands.publishing import publish

    publish(folder, rules, note, revision)


@knowledge_commands.command("revisions", epilog=example("knowledge revisions"))
def knowledge_revisions() -> None:
    """列出发布过的版本，* 为现行。"""
    from bot.commands.publishing import revisions

    revisions()


@knowledge_commands.command("export", epilog=example("knowledge export 我的答案"))
def knowledge_export(
    folder: Annotated[Path, typer.Argument(help="空目录，放现行的答案文件")],
) -> None:
    """把现行的答案写成文件：网页上改过、要改用文件的，从这里开始。"""
    from bot.commands.publishing import export

    export(folder)


@knowledge_commands.command("opinions", epilog=example("knowledge opinions 1688.payout.when"))
def knowledge_opinions(
    entry: Annotated[str | None, typer.Argument(help="只看这一条答案；不给则看全部")] = None,
    as_json: JsonOption = False,
) -> None:
    """答案下面的 👍 👎，和大家说的哪里不好；最不受欢迎的在前。"""
    from bot.commands.opinions import show

    show(entry, as_json=as_json)


@knowledge_commands.command("diff", epilog=example("knowledge diff 我的答案"))
def knowledge_diff(
    candidate: Annotated[str, typer.Argument(help="版本号，或放知识文件的目录")],
    questions: Annotated[
        Path | None, typer.Option(help="测试问题的目录；不给则用 tests/questions（如果有）")
    ] = None,
) -> None:
    """与现行版本相比，哪些问句会得到别的答案。"""
    from bot.commands.publishing import diff

    diff(candidate, questions)


@rules_commands.callback(epilog=example("rules --rules 我的规则"))
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


@rules_commands.command("check", epilog=example("rules check 我的规则"))
def rules_check(directory: Annotated[Path, typer.Argument(help="运营方的规则目录")]) -> None:
    """检查运营方自己的规则。"""
    from bot.commands.rules import check

    check(directory)


@rules_commands.command("diff", epilog=example("rules diff 旧规则 新规则 --orders 订单.jsonl"))
def rules_diff(
    before: Annotated[Path, typer.Argument(help="原来的规则目录")],
    after: Annotated[Path, typer.Argument(help="新的规则目录")],
    orders: Annotated[str, typer.Option(help="订单的 JSON Lines 文件，- 表示标准输入")],
    as_of: AsOfOption = None,
) -> None:
    """两套规则下，哪些订单的诊断会变。"""
    from bot.commands.rules import diff

    if not diff(before, after, orders, as_of):
        raise typer.Exit(2)
