"""Matchers that were learned before (学习结果), kept in the user's cache folder.

To learn takes a second or more, to read what was learned a few hundredths. What is kept is
named after all it follows from, so it is never out of date; without a folder to keep it in,
or with a damaged file, it is learned again.
"""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from knowledge.entry import KnowledgeBase
from knowledge.index import Index
from knowledge.matcher import Matcher
from knowledge.stored import fingerprint_of, read_index, written
from knowledge.vocabulary import shipped_vocabulary

__all__ = ["learned_matcher"]

KEPT = 3
"""Of so many bases, some twenty megabytes each: the shipped one, that in force, an edit."""


def learned_matcher(base: KnowledgeBase, before: Matcher | None = None) -> Matcher:
    """The matcher of a base, from the cache folder if it was learned before.

    If not, the phrasings that `before` knows already need not be prepared again.
    """
    fingerprint = fingerprint_of(base, shipped_vocabulary())
    folder = _folder()
    path = folder / f"{fingerprint}.npz" if folder else None
    if index := path and _kept(path, fingerprint):
        return Matcher(base, index=index)
    matcher = Matcher(base, known=before.known if before else None)
    content = written(matcher.index, fingerprint)
    if path and content:
        with suppress(OSError):  # full, or not ours to write to
            _keep(path, content)
    return matcher


def _folder() -> Path | None:
    """The user's folder for what can be made again; None for a user without a home."""
    if root := os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA"):
        return Path(root) / "mingzhang"
    try:
        return Path.home() / ".cache" / "mingzhang"
    except RuntimeError:
        return None


def _kept(path: Path, fingerprint: str) -> Index | None:
    try:
        index = read_index(path.read_bytes(), fingerprint)
        os.utime(path)  # what was used last is kept longest
    except OSError:
        return None
    return index


def _keep(path: Path, content: bytes) -> None:
    """Put a whole file in place at once, and drop those not used for longest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        piece = Path(file.name)
        try:
            file.write(content)
            file.close()
            piece.replace(path)
        finally:
            piece.unlink(missing_ok=True)
    for old in sorted(path.parent.iterdir(), key=_last_used, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)


def _last_used(path: Path) -> float:
    return path.stat().st_mtime
