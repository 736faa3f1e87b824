"""How an answer will look in Telegram (预览), in three languages."""

from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from bot.publishing.entry_edits import Value, with_entry
from bot.publishing.proposing import Proposal
from knowledge.lint import markup_fault
from knowledge.loader import load_knowledge
from knowledge.rendering import LANGUAGES, render_answer
from knowledge.strict_yaml import KnowledgeFileError
from settlement.rulebook import Rulebook

__all__ = ["Preview", "previews"]


_REST: dict[str, Value] = {
    "id": "general.preview.entry",
    "platform": "general",
    "questions": ["…"],
    "answer": "…",
    "answer_en": "…",
    "source": {"title": "…", "as_of": "undated"},
}


class Preview(NamedTuple):
    """The answer in one language, or what stands against showing it."""

    language: str
    shown: Markup
    problem: str = ""


def previews(proposal: Proposal, rulebook: Rulebook, day: date) -> tuple[Preview, ...]:
    """The answer of a proposal with a day's figures; all else may still have to be written."""
    given = {name: proposal.values[name] for name in ("figures", "answer", "answer_en")}
    try:
        text = with_entry("preview.yaml", "", _REST | {k: v for k, v in given.items() if v})
        entry = load_knowledge({"preview.yaml": text})["general.preview.entry"]
    except KnowledgeFileError as error:
        return (Preview("", Markup(), f"{error.key}: {error.cause}; {error.remedy}"),)
    found = []
    for language in LANGUAGES:
        try:
            said = render_answer(entry, rulebook.at(day), language)
        except KeyError as error:
            problem = f"the rulebook has no figure {error}; correct the name"
            found.append(Preview(language, Markup(), problem))
            continue
        fault = markup_fault(said)
        # without a fault it has no markup but <b>, <i>, <code>
        shown = Markup() if fault else Markup(said)  # noqa: S704
        found.append(Preview(language, shown, fault or ""))
    return tuple(found)
