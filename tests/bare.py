"""The environment of a program that tests start as somebody does who has set nothing."""

import os
from pathlib import Path

__all__ = ["bare_environment"]


def bare_environment(home: Path) -> dict[str, str]:
    """An empty home and no settings, but no model of meaning: learning it takes a minute.

    What the tests' other programs have learned may be read.
    """
    wanted = ("PATH", "LANG", "XDG_CACHE_HOME")
    inherited = {name: os.environ[name] for name in wanted if name in os.environ}
    return inherited | {"HOME": str(home), "MINGZHANG_SEMANTIC": "off"}
