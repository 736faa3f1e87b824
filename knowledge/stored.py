"""An index as bytes, so that what was learned once need not be learned again (存储)."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from itertools import islice
from struct import error as StructError
from zipfile import BadZipFile

import numpy as np
import opencc

from knowledge.arrays import Ints
from knowledge.entry import KnowledgeBase
from knowledge.index import Group, Index
from knowledge.normalise import Normalised
from knowledge.profiles import TrainedProfiles
from knowledge.subject import Subject
from knowledge.vectors import Vectoriser
from knowledge.vocabulary import ELSEWHERE, Vocabulary

__all__ = ["fingerprint_of", "read_index", "written"]

_END = "\n"
"""Stands in no normalised text, id or platform."""
_UNREADABLE = (BadZipFile, KeyError, ValueError, OSError, EOFError, RuntimeError, StructError)


def fingerprint_of(base: KnowledgeBase, vocabulary: Vocabulary) -> str:
    """Give a name to all that an index follows from: phrasings, words, and this code.

    A program or library of another version may count or learn otherwise.
    """
    asked = [(entry.id, entry.platform, entry.questions) for entry in base.entries.values()]
    versions = (np.__version__, opencc.__version__)
    content = sha256(repr((asked, dict(base.outside), vocabulary.words, versions)).encode())
    for part in sorted(files("knowledge").iterdir(), key=lambda part: part.name):
        if part.name.endswith((".py", ".txt")):
            content.update(part.read_bytes())
    return content.hexdigest()


def written(index: Index, fingerprint: str) -> bytes | None:
    """Give the bytes of an index; None of one that is quicker built than read."""
    if not isinstance(index.profiles, TrainedProfiles):
        return None
    phrasings = [phrasing for group in index.groups for phrasing in group.phrasings]
    file = BytesIO()
    np.savez(
        file,
        fingerprint=_joined([fingerprint]),
        names=_joined([group.name for group in index.groups]),
        platforms=_joined([group.platform for group in index.groups]),
        counts=np.array([len(group.phrasings) for group in index.groups], dtype=np.int32),
        texts=_joined([phrasing.text for phrasing in phrasings]),
        named=_joined([_names(phrasing) for phrasing in phrasings]),
        features=index.vectoriser.features,
        rarity=index.vectoriser.rarity,
        unknown=np.array([index.vectoriser.unknown]),
        weights=index.profiles.weights,
        ours=index.subject.ours,
        others=index.subject.others,
    )
    return file.getvalue()


def read_index(content: bytes, fingerprint: str) -> Index | None:
    """Give the index back; None if the bytes are damaged, or of something else."""
    try:
        with np.load(BytesIO(content), allow_pickle=False) as stored:
            if _parted(stored["fingerprint"]) != [fingerprint]:
                return None
            groups = _groups(stored)
            vectoriser = Vectoriser(
                stored["features"], stored["rarity"], float(stored["unknown"][0])
            )
            subject = Subject(stored["ours"], stored["others"])
            return Index(groups, vectoriser, TrainedProfiles(stored["weights"]), subject)
    except _UNREADABLE:
        return None


def _names(phrasing: Normalised) -> str:
    names = phrasing.platforms | {ELSEWHERE} if phrasing.elsewhere else phrasing.platforms
    return ",".join(sorted(names))


def _groups(stored: Mapping[str, Ints]) -> Sequence[Group]:
    named = _parted(stored["named"])
    names = {text: frozenset(filter(None, text.split(","))) for text in set(named)}
    phrasings = iter(
        [
            Normalised(text, names[said] - {ELSEWHERE}, ELSEWHERE in names[said])
            for text, said in zip(_parted(stored["texts"]), named, strict=True)
        ]
    )
    return [
        Group(name, platform, list(islice(phrasings, int(count))))
        for name, platform, count in zip(
            _parted(stored["names"]), _parted(stored["platforms"]), stored["counts"], strict=True
        )
    ]


def _joined(texts: Sequence[str]) -> Ints:
    return np.frombuffer("".join(text + _END for text in texts).encode(), dtype=np.uint8)


def _parted(content: Ints) -> list[str]:
    return content.tobytes().decode().split(_END)[:-1]
