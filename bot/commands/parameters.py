"""Parameters that several commands share, declared once."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AsOfOption", "JsonOption", "LanguageOption", "RulesOption"]

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON，每行一条")]
LanguageOption = Annotated[str, typer.Option("--lang", help="zh、zh-hant 或 en")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="以这一时刻为准，如 2026-09-15T09:00:00+08:00")
]
RulesOption = Annotated[Path | None, typer.Option("--rules", help="运营方自己的规则目录")]
