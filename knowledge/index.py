"""All that is known of the phrasings before a question comes (索引)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.normalise import Normalised
from knowledge.priors import Priors
from knowledge.profiles import Profiles, build_profiles
from knowledge.shortlist import OUTSIDE
from knowledge.subject import Subject, subject_of
from knowledge.vectors import Vectoriser, vectorised

__all__ = ["Group", "Index", "build_index"]


@dataclass(frozen=True, slots=True)
class Group:
    """The phrasings of one entry, or of one kind of question that is not answered."""

    name: str
    platform: str
    phrasings: Sequence[Normalised]


@dataclass(frozen=True, slots=True)
class Index:
    """The groups, and what was learned from their phrasings."""

    groups: Sequence[Group]
    vectoriser: Vectoriser
    profiles: Profiles
    subject: Subject


def build_index(groups: Sequence[Group]) -> Index:
    """Count what the phrasings are made of, and learn what tells the groups apart."""
    phrasings = [phrasing for group in groups for phrasing in group.phrasings]
    owners = np.repeat(np.arange(len(groups)), [len(group.phrasings) for group in groups])
    vectoriser, rows = vectorised([phrasing.text for phrasing in phrasings], owners)
    priors = Priors([group.platform for group in groups])
    named = [phrasing.platforms for phrasing in phrasings]
    outside = np.array([group.platform == OUTSIDE for group in groups], dtype=np.float32)
    return Index(
        groups,
        vectoriser,
        build_profiles(rows, owners, vectoriser.size, lambda: priors.of_phrasings(owners, named)),
        subject_of(rows, outside[owners], vectoriser.size),
    )
