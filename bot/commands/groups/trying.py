"""Commands with which one tries the bot (先试试): without Telegram, without a token."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.parameters import AsOfOption, JsonOption, LanguageOption, example

__all__ = ["commands"]

PANEL = "先试试"

commands = typer.Typer()


@commands.command(
    rich_help_panel=PANEL, epilog=example("demo --port 8900；然后打开它写出来的聊天页")
)
def demo(
    port: Annotated[int, typer.Option(help="聊天页的端口")] = 8899,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="不自动打开浏览器")] = False,
) -> None:
    """演示：机器人、模拟器和聊天页，带样例订单，不需要令牌。"""
    from bot.commands.demo import demo as serve_demo

    serve_demo(port, open_browser=not no_browser)


@commands.command(rich_help_panel=PANEL, epilog=example("chat --creator 小雅"))
def chat(
    own: Annotated[bool, typer.Option("--own", help="用设置里的数据库，不用样例订单")] = False,
    creator: Annotated[str | None, typer.Option(help="以这位达人的身份")] = None,
    files: Annotated[Path | None, typer.Option(help="图片和文件存到这个目录")] = None,
    language: LanguageOption = "zh",
) -> None:
    """在终端里和机器人对话，不需要 Telegram。"""
    from bot.commands.chat import chat as talk

    talk(creator, language, files, own=own)


@commands.command(rich_help_panel=PANEL, epilog=example("ask 1688佣金几号发"))
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
