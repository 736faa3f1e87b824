"""The user's folder for what can be made again (缓存目录)."""

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path | None:
    """Where to keep it; None for a user without a home."""
    if root := os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA"):
        return Path(root) / "mingzhang"
    try:
        return Path.home() / ".cache" / "mingzhang"
    except RuntimeError:
        return None
