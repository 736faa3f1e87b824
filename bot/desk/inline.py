"""Answers offered in any chat while somebody types the bot's name (内联模式); nobody's orders."""

from collections.abc import Iterator

from markupsafe import Markup

from bot.desk import menus
from bot.desk.actions import fingerprint
from bot.desk.markup import plain
from bot.desk.replies import Answered
from bot.desk.topics import InlineAnswer, InlineResult
from bot.desk.turn import Turn
from knowledge.entry import Entry
from knowledge.outcome import Answer, Choices, Clarify, Menu
from settlement.shanghai import day_of

__all__ = ["answer"]

_MOST = 6
_LONGEST_DESCRIPTION = 120


def answer(turn: Turn) -> Answered:
    """Offer the answers that what was typed so far may ask for; examples before anything is."""
    query = turn.incoming.inline_query or ""
    found = dict.fromkeys(entry.id for entry in _found(turn, turn.incoming.text.strip()))
    results = tuple(_result(turn, turn.snapshot.knowledge[name]) for name in list(found)[:_MOST])
    return Answered((InlineAnswer(query, results),), (), turn.facts.dialogue)


def _found(turn: Turn, text: str) -> Iterator[Entry]:
    knowledge = turn.snapshot.knowledge
    if not text:
        yield from (entry for _, entry in menus.examples(knowledge, turn.voice))
        return
    for part in turn.snapshot.ask(text).parts:
        match part.outcome:
            case Answer(entry_id):
                yield knowledge[entry_id]
                related = knowledge[entry_id].related
                yield from (knowledge[name] for name in related if name in knowledge.entries)
            case Choices(candidates):
                yield from (knowledge[candidate.entry_id] for candidate in candidates)
            case Clarify(_, options):
                yield from (knowledge[option.entry_id] for option in options)
            case Menu(topics, platform):
                for group in menus.groups(knowledge, topics):
                    yield from menus.in_group(knowledge, group, platform or "")


def _result(turn: Turn, entry: Entry) -> InlineResult:
    text = turn.snapshot.answer(entry.id, day_of(turn.now), turn.voice.folder).strip()
    html = turn.voice.html(
        "inline",
        question=Markup.escape(menus.question_of(entry, turn.voice)),
        answer=Markup(text),  # noqa: S704 (reviewed text, rendered with autoescape)
        title=Markup.escape(entry.source.title),
        as_of=entry.source.as_of,
        bot=turn.bot_name,
    )
    shown = " ".join(plain(turn.voice.converted(text)).split())
    return InlineResult(
        fingerprint(entry.id),
        menus.question_of(entry, turn.voice),
        shown[:_LONGEST_DESCRIPTION],
        html,
    )
