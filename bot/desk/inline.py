"""Answers offered in any chat while somebody types the bot's name (内联模式); nobody's orders."""

from collections.abc import Iterator

from markupsafe import Markup

from bot.desk import menus
from bot.desk.actions import fingerprint
from bot.desk.entries import answer_with_source, question_of
from bot.desk.markup import plain
from bot.desk.replies import Answered
from bot.desk.topics import InlineAnswer, InlineResult
from bot.desk.turn import Turn
from knowledge.entry import Entry
from knowledge.outcome import Answer, Choices, Clarify, Menu

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
    question = question_of(entry, turn.voice)
    said = answer_with_source(turn.snapshot, entry, turn.voice, turn.now)
    html = turn.voice.html("inline", question=Markup.escape(question), bot=turn.bot_name, **said)
    shown = " ".join(plain(turn.voice.converted(str(said["answer"]))).split())
    return InlineResult(fingerprint(entry.id), question, shown[:_LONGEST_DESCRIPTION], html)
