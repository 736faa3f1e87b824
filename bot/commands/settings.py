"""`mingzhang settings`: every setting, its value with secrets masked, and where it comes from."""

import orjson
from rich.console import Console
from rich.table import Table

from bot.commands.failure import standard_output
from bot.commands.store import usable_settings
from bot.settings import describe

__all__ = ["show_settings"]


def show_settings(*, as_json: bool) -> None:
    """Print them as a table, or one JSON object a line."""
    described = describe(usable_settings())
    if as_json:
        for each in described:
            shown = {"name": each.name, "value": each.value, "origin": each.origin}
            standard_output().write(orjson.dumps(shown) + b"\n")
        return
    table = Table("设置", "值", "来源", "说明")
    for each in described:
        table.add_row(each.name, each.value, each.origin, each.meaning)
    Console().print(table)
