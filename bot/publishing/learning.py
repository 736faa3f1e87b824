"""Matchers that were learned before (学习结果), kept in the user's cache folder.

To learn takes a second or more, to read what was learned a few hundredths. What is kept is
named after all it follows from, so it is never out of date; without a folder to keep it in,
or with a damaged file, it is learned again.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot.publishing.cache import cache_folder
from bot.publishing.folder import put_in_place
from bot.publishing.meanings import MeaningStore, meaning_store
from knowledge.entry import KnowledgeBase
from knowledge.index import Index
from knowledge.matcher import Matcher
from knowledge.stored import fingerprint_of, read_index, written
from knowledge.vocabulary import shipped_vocabulary

__all__ = ["learned_matcher", "with_meanings"]

KEPT = 3
"""Of so many bases, some twenty megabytes each: the shipped one, that in force, an edit."""
AT_ONCE = 30
"""Vectors of meaning that are made at once; an edit brings no more, and waits half a second."""


def learned_matcher(base: KnowledgeBase, before: Matcher | None = None) -> Matcher:
    """The matcher of a base, from the cache folder if it was learned before.

    If not, the phrasings that `before` knows already need not be prepared again. Meanings join
    in where the model is installed and the vectors of all phrasings are there, or nearly.
    """
    fingerprint = fingerprint_of(base, shipped_vocabulary())
    folder = cache_folder()
    path = folder / f"{fingerprint}.npz" if folder else None
    index = _kept(path, fingerprint) if path else None
    known = before.known if before and not index else None
    matcher = Matcher(base, index=index, known=known)
    content = None if index else written(matcher.index, fingerprint)
    if path and content:
        with suppress(OSError):  # full, or not ours to write to
            _keep(path, content)
    store = meaning_store()
    return with_meanings(base, matcher, store, AT_ONCE) if store else matcher


def with_meanings(
    base: KnowledgeBase,
    matcher: Matcher,
    store: MeaningStore,
    most: int | None = None,
    made: Callable[[], None] = lambda: None,
) -> Matcher:
    """The matcher with meanings beside the words; as it is, if more than `most` are lacking."""
    lacking = store.lacking(matcher.index)
    if most is not None and len(lacking) > most:
        return matcher
    store.make(lacking, made)
    store.save()
    channel = store.channel(matcher.index)
    return Matcher(base, index=matcher.index, channel=channel) if channel else matcher


def _kept(path: Path, fingerprint: str) -> Index | None:
    try:
        index = read_index(path.read_bytes(), fingerprint)
        os.utime(path)  # what was used last is kept longest
    except OSError:
        return None
    return index


def _keep(path: Path, content: bytes) -> None:
    """Keep it, and drop those not used for longest."""
    put_in_place(path, content)
    kept = path.parent.glob("[0-9a-f]" * 8 + "*.npz")
    for old in sorted(kept, key=_last_used, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)


def _last_used(path: Path) -> float:
    return path.stat().st_mtime
