"""From a message to entries, with a confidence that can be trusted (匹配)."""

import math
from collections import Counter

import numpy as np

from knowledge.entry import Entry, KnowledgeBase
from knowledge.normalise import Normalised, Normaliser
from knowledge.outcome import (
    Answer,
    Asked,
    Candidate,
    Choices,
    Clarify,
    Menu,
    Option,
    Outcome,
    Part,
    Unknown,
)
from knowledge.vocabulary import shipped_vocabulary

__all__ = ["Matcher"]

_SURE, _PLAUSIBLE = 0.55, 0.30


class Matcher:
    """Answers messages from one knowledge base; built once, then only read."""

    def __init__(self, base: KnowledgeBase) -> None:
        """Index the phrasings of the base."""
        self._base = base
        self._normalise = Normaliser(shipped_vocabulary())
        self._entries = tuple(base.entries.values())
        documents = [self._profile(entry) for entry in self._entries]
        frequency = Counter(gram for document in documents for gram in document)
        self._idf = {
            gram: math.log((1 + len(documents)) / (1 + count)) + 1
            for gram, count in frequency.items()
        }
        self._unseen = math.log(1 + len(documents)) + 1
        self._columns = {gram: column for column, gram in enumerate(self._idf)}
        self._weights = np.zeros((len(self._columns), len(documents)), dtype=np.float32)
        for row, document in enumerate(documents):
            for gram, count in document.items():
                self._weights[self._columns[gram], row] = count * self._idf[gram]
        self._weights /= np.linalg.norm(self._weights, axis=0) + 1e-9

    def ask(self, text: str, *, topic: str | None = None) -> Asked:
        """Match a message; `topic` is the id of the entry answered last, for "那要多久？"."""
        return Asked((Part(text, self._outcome(self._normalise(text))),))

    def _profile(self, entry: Entry) -> Counter[str]:
        profile: Counter[str] = Counter()
        for question in entry.questions:
            profile.update(_grams(self._normalise(question).text))
        return profile

    def _outcome(self, asked: Normalised) -> Outcome:
        if len(asked.text) <= 2:
            return Menu(self._base.topics, next(iter(asked.platforms), None))
        scores = self._scores(asked)
        order = [int(row) for row in np.argsort(-scores, kind="stable") if scores[row] > 0]
        if not order or scores[order[0]] < _PLAUSIBLE:
            return Unknown()
        if not asked.platforms and (options := self._twins(scores, order)):
            return Clarify("platform", options)
        best = order[0]
        if scores[best] >= _SURE:
            return Answer(self._entries[best].id, float(scores[best]))
        return Choices(
            tuple(
                Candidate(
                    self._entries[row].id, float(scores[row]), self._entries[row].questions[0]
                )
                for row in order[:3]
            )
        )

    def _scores(self, asked: Normalised) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        grams = Counter(_grams(asked.text))
        norm = math.sqrt(
            sum((count * self._idf.get(gram, self._unseen)) ** 2 for gram, count in grams.items())
        )
        scores = np.zeros(len(self._entries), dtype=np.float32)
        for gram, count in grams.items():
            if gram in self._columns:
                scores += self._weights[self._columns[gram]] * (count * self._idf[gram] / norm)
        if asked.platforms:
            for row, entry in enumerate(self._entries):
                if entry.platform not in asked.platforms and entry.platform != "general":
                    scores[row] = 0
        return scores

    def _twins(
        self, scores: np.ndarray[tuple[int], np.dtype[np.float32]], order: list[int]
    ) -> tuple[Option, ...]:
        best = self._entries[order[0]]
        if best.platform == "general":
            return ()
        options = {best.platform: Option(best.platform, best.id, float(scores[order[0]]))}
        for row in order[1:6]:
            entry = self._entries[row]
            if entry.platform != "general" and scores[row] > 0.85 * scores[order[0]]:
                options.setdefault(
                    entry.platform, Option(entry.platform, entry.id, float(scores[row]))
                )
        return tuple(options.values()) if len(options) > 1 else ()


def _grams(text: str) -> list[str]:
    return [*text, *(text[at : at + 2] for at in range(len(text) - 1))]
