"""`mingzhang settings`: every setting, its value with secrets masked, and where it comes from."""

from rich.console import Console
from rich.table import Table

from bot.commands.output import say, say_json
from bot.commands.store import usable_settings
from bot.settings import Described, describe, unset

__all__ = ["example", "show_example", "show_settings"]

HEADER = """\
# 全部设置，由 mingzhang settings --example 生成。去掉一行开头的 # 并填上值，它就起作用。
# 每一项都可以改为放在文件里：NAME_FILE=文件的路径（机密宜如此，文件只让运行者读）。
"""


def show_settings(*, as_json: bool) -> None:
    """Print them as a table, or one JSON object a line."""
    described = describe(usable_settings())
    if as_json:
        for each in described:
            shown = {"name": each.name, "value": each.value, "origin": each.origin}
            say_json(shown)
        return
    table = Table("设置", "值", "来源", "说明")
    for each in described:
        table.add_row(each.name, each.value, each.origin, each.meaning)
    Console().print(table)


def show_example() -> None:
    """Print a file of environment variables that names every setting."""
    say(example().rstrip("\n"))


def example() -> str:
    """Every setting as a comment with its default, for an environment file."""
    return HEADER + "".join(_example(each) for each in unset())


def _example(setting: Described) -> str:
    return f"\n# {setting.meaning}\n#{setting.name}={setting.value}\n"
