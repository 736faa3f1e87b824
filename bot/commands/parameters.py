"""What several commands declare alike: parameters, and an example at the end of a help page."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "AsOfOption",
    "JsonOption",
    "LanguageOption",
    "OnlyCreatorOption",
    "OnlyPlatformOption",
    "RulesOption",
    "example",
]

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON，每行一条")]
LanguageOption = Annotated[str, typer.Option("--lang", help="zh、zh-hant 或 en")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="以这一时刻为准，如 2026-09-15T09:00:00+08:00")
]
RulesOption = Annotated[Path | None, typer.Option("--rules", help="运营方自己的规则目录")]
OnlyCreatorOption = Annotated[str | None, typer.Option("--creator", help="只要这位达人的订单")]
OnlyPlatformOption = Annotated[
    str | None, typer.Option("--platform", help="只要这个平台的，如 jd、taobao、douyin、1688")
]


def example(words: str) -> str:
    """What stands at the end of a help page: the command as somebody would type it."""
    return f"例：mingzhang {words}"
