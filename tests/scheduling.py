"""Which worker runs which tests: files whole, what shares a demo together, the slowest first."""

from typing import Any

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

__all__ = ["SLOWEST", "Scheduling"]

TOGETHER = ("tests/console/browser", "tests/browser")
"""Folders whose tests share a browser and a demo, which each worker would start for itself."""
SLOWEST = (*TOGETHER, "tests/reliability", "tests/publishing", "tests/emulators", "tests/terminal")
"""What begins first, so that no worker is left with it in the end."""


class Scheduling(LoadFileScheduling):  # type: ignore[misc]
    """Work in the order in which it was collected, a file or a folder at a time."""

    def __init__(self, config: Any, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((each for each in TOGETHER if file.startswith(f"{each}/")), file)
