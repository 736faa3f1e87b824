"""Our simplified words in traditional characters, as they are used in Taiwan (繁體)."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from opencc import OpenCC

from knowledge.strict_yaml import KnowledgeFileError, read_yaml

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
    name = "taiwan.yaml"
    words = read_yaml(name, files("knowledge").joinpath(name).read_text(encoding="utf-8"))
    if not isinstance(words, dict):
        raise KnowledgeFileError(name, None, None, "must be a mapping", "write {word: better}")
    return {word: str(better) for word, better in words.items()}
