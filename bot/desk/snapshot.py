"""What every message of one moment is answered from: knowledge and rules, immutable."""

from dataclasses import dataclass

from knowledge.entry import KnowledgeBase
from knowledge.matcher import Matcher
from settlement.rulebook import Rulebook

__all__ = ["Snapshot"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published revision (版本) of answers and rules; replaced as a whole, never changed."""

    knowledge: KnowledgeBase
    matcher: Matcher
    rulebook: Rulebook
    revision: str
