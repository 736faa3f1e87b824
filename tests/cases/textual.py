"""Reading YAML as if it were JSON: dates and instants stay the texts they are."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor

__all__ = ["textual"]


class _TextualDates(SafeConstructor):
    pass


_TextualDates.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def textual(file: Path) -> Any:
    """Return what a file of cases holds; None for an empty one."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _TextualDates
    return yaml.load(file.read_text("utf-8"))
