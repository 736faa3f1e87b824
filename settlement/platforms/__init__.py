"""The platforms (平台): one folder each, with all that is known of it and nothing else."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from settlement.explanations import (
    Explanation,
    Explanations,
    Word,
    laid_over,
    read_explanations,
)
from settlement.model import Platform
from settlement.statuses import read_statuses
from settlement.yaml_text import packaged

if TYPE_CHECKING:
    from settlement.room import Room

FACTS = "facts.yaml"
GENERAL_FILES = ("rules.yaml", FACTS)
FILES = (*GENERAL_FILES, "statuses.yaml")


def folder(platform: Platform) -> str:
    """Return the folder of a platform's room: its name without the underscore."""
    return platform.name.lower().replace("_", "")


def room_names() -> dict[str, str]:
    """Return the prefix of the figures in each platform's rule file, by the file's path."""
    return {f"platforms/{folder(platform)}/rules.yaml": platform.value for platform in Platform}


@cache
def packaged_files() -> dict[str, str]:
    """Return the texts that a diagnosis is judged by, by their path in this package."""
    paths = list(GENERAL_FILES)
    for platform in Platform:
        paths += [f"platforms/{folder(platform)}/{name}" for name in FILES]
    return {path: packaged(path) for path in paths}


@cache
def room_of(platform: Platform) -> "Room":
    """Return the room of a platform; its files are read on first use."""
    from settlement.room import Room

    texts = packaged_files()
    path = f"platforms/{folder(platform)}"
    module = import_module(f"settlement.platforms.{folder(platform)}.checks")
    own = read_explanations(texts[f"{path}/facts.yaml"], f"{path}/facts.yaml")
    statuses = read_statuses(
        texts[f"{path}/statuses.yaml"], f"{path}/statuses.yaml", platform.value
    )
    explained = {**laid_over(_general_explanations(), own), **statuses.explanations()}
    return Room(platform, module.CHECKS, statuses, Explanations(explained))


@cache
def _general_explanations() -> dict[Word, Explanation]:
    return read_explanations(packaged_files()[FACTS], FACTS)
