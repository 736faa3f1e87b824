"""Our simplified words in traditional characters, as they are used in Taiwan (繁體)."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from opencc import OpenCC
from ruamel.yaml import YAML

__all__ = ["traditional"]


def traditional(text: str) -> str:
    """Convert a text of ours; names and numbers of others are not to be given to it."""
    converted = _convert()(text)
    for word, better in _better_words().items():
        converted = converted.replace(word, better)
    return converted


@cache
def _convert() -> Callable[[str], str]:
    convert: Callable[[str], str] = OpenCC("s2twp").convert
    return convert


@cache
def _better_words() -> Mapping[str, str]:
    words: Mapping[str, str] = YAML(typ="safe").load(
        (files("knowledge") / "taiwan.yaml").read_text("utf-8")
    )
    return words
