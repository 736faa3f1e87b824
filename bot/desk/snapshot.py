"""What every message of one moment is answered from: knowledge and rules, immutable."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from knowledge.entry import KnowledgeBase
from knowledge.matcher import Matcher
from knowledge.outcome import Asked
from knowledge.rendering import render_answer
from settlement.rulebook import Rulebook

__all__ = ["Snapshot"]

_REMEMBERED = 4096
_LONGEST_REMEMBERED = 100
"""Characters; what is longer is hardly asked twice, and would take the room of many."""

_Match = Callable[[str, str | None], Asked]
_Render = Callable[[str, date, str], Markup]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published revision (版本) of answers and rules; replaced as a whole, never changed.

    As nothing in it changes, it remembers what it was asked lately.
    """

    knowledge: KnowledgeBase
    matcher: Matcher
    rulebook: Rulebook
    revision: str
    _match: _Match = field(init=False, repr=False, compare=False)
    _render: _Render = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Begin with an empty memory."""
        remember = lru_cache(_REMEMBERED)
        object.__setattr__(self, "_match", remember(self._matched))
        object.__setattr__(self, "_render", remember(self._rendered))

    def ask(self, text: str, topic: str | None = None) -> Asked:
        """Match a message; `topic` is the id of the entry answered last."""
        if len(text) > _LONGEST_REMEMBERED:
            return self._matched(text, topic)
        return self._match(text, topic)

    def answer(self, entry_id: str, day: date, language: str) -> Markup:
        """Render an entry's answer with the figures of a day, as `render_answer`."""
        return self._render(entry_id, day, language)

    def _matched(self, text: str, topic: str | None) -> Asked:
        return self.matcher.ask(text, topic=topic)

    def _rendered(self, entry_id: str, day: date, language: str) -> Markup:
        text = render_answer(self.knowledge[entry_id], self.rulebook.at(day), language)
        return Markup(text.strip())  # noqa: S704 (reviewed text, rendered with autoescape)
