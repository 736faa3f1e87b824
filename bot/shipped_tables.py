"""Tables that come with the program (随附表格): YAML beside the code, however it is installed."""

from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

__all__ = ["shipped_table"]


def shipped_table(*place: str) -> Any:
    """Read a table by its place below `bot`; whoever asks keeps what it makes of it."""
    return YAML(typ="safe").load(files("bot").joinpath(*place).read_text(encoding="utf-8"))
