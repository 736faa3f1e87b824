"""What a dialogue is answered from: the shipped rules and answers, and outcomes it gives."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.desk.snapshot import Snapshot
from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher
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
from settlement.rulebook import shipped_rulebook


@cache
def shipped_snapshot() -> Snapshot:
    knowledge, rulebook = shipped_knowledge(), shipped_rulebook()
    return Snapshot(knowledge, Matcher(knowledge), rulebook, rulebook.revision)


class Understanding:
    """The shipped matcher, but for the texts whose outcome a dialogue gives."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def ask(self, text: str, *, topic: str | None = None) -> Asked:
        said = text.strip()
        if said not in self.given:
            return shipped_snapshot().matcher.ask(text, topic=topic)
        told = self.given[said]
        parts = told["parts"] if isinstance(told, dict) and "parts" in told else {said: told}
        return Asked(tuple(Part(part, outcome_told(each)) for part, each in parts.items()))


def outcome_told(told: Any) -> Outcome:
    match told:
        case {"answer": str(entry)}:
            return Answer(entry, 0.9)
        case {"offer": [*entries]}:
            return Choices(tuple(Candidate(str(entry), 0.4, "") for entry in entries))
        case {"ask_platform": [*entries]}:
            knowledge = shipped_snapshot().knowledge
            return Clarify(
                "platform",
                tuple(Option(knowledge[str(e)].platform, str(e), 0.5) for e in entries),
            )
        case {"topics": [*topics]}:
            return Menu(tuple(map(str, topics)), told.get("platform"))
    return Unknown()
