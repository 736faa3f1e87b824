"""The user's folder for what can be made again (缓存目录)."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

__all__ = ["cache_folder", "put_in_place"]


def cache_folder() -> Path | None:
    """Where to keep it; None for a user without a home."""
    if root := os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA"):
        return Path(root) / "mingzhang"
    try:
        return Path.home() / ".cache" / "mingzhang"
    except RuntimeError:
        return None


def put_in_place(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever reads a piece of it; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
        piece = Path(file.name)
        try:
            file.write(content)
            file.close()
            piece.replace(path)
        finally:
            piece.unlink(missing_ok=True)
