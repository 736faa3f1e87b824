"""Commands that say why orders pay what they pay (诊断与对账)."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.parameters import (
    AsOfOption,
    JsonOption,
    LanguageOption,
    OnlyCreatorOption,
    OnlyPlatformOption,
    RulesOption,
    example,
)

__all__ = ["commands"]

PANEL = "诊断与对账"

commands = typer.Typer()


@commands.command(rich_help_panel=PANEL, epilog=example("diagnose 订单.jsonl --lang en"))
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


@commands.command(
    rich_help_panel=PANEL,
    epilog=example("""calc payout-date --json '{"succeeded_at": "2026-07-31"}'"""),
)
def calc(
    name: Annotated[str, typer.Argument(help="计算器的名字，如 payout-date")],
    given: Annotated[str, typer.Option("--json", help="要算的数，一个 JSON 对象")],
    rules: RulesOption = None,
) -> None:
    """算一笔：结算日、新老客、扣款、音浪……"""
    from bot.commands.calc import calc as calculate

    calculate(name, given, rules)


@commands.command(rich_help_panel=PANEL, epilog=example("reconcile 9月账单.xlsx --month 2026-09"))
def reconcile(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="账单，或已结算的报表；不给则用取来的月账单"),
    ] = None,
    platform: Annotated[str | None, typer.Option(help="这是哪个平台的账单，如 1688")] = None,
    creator: OnlyCreatorOption = None,
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


@commands.command(rich_help_panel=PANEL, epilog=example("radar --since 2026-11-01 --out 漏佣.png"))
def radar(
    platform: OnlyPlatformOption = None,
    since: Annotated[str | None, typer.Option(help="从这一天看起，如 2026-11-01")] = None,
    out: Annotated[Path | None, typer.Option(help="写到这个 .csv、.xlsx 或 .png")] = None,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """漏佣雷达：哪个平台、哪家店、什么原因漏了多少佣金，涨了还是跌了。"""
    from bot.commands.radar import show

    show(platform, since, rules, out, as_json=as_json)
