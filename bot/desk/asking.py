"""The questions of a message in words: each answered, and what is missing asked for (提问)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.desk import orders, questions
from bot.desk.facts import Dialogue
from bot.desk.following import follow
from bot.desk.phrases import (
    about_own_order,
    about_some_order,
    beyond_the_card,
    named_platforms,
    names_platform,
)
from bot.desk.replies import Answered
from bot.desk.turn import Turn
from knowledge.normalise import cleaned
from knowledge.outcome import Answer, Clarify, Menu, Part

__all__ = ["answer_in_words", "answer_parts", "parts_of", "together"]

_PLATFORM = "platform"
_MOST_PARTS = 5
"""Questions of one message that are answered; nobody reads more at once."""


def answer_in_words(turn: Turn, parts: Sequence[Part]) -> Answered:
    """Answer questions; of an own order not named, take the one on the table, or ask which."""
    own = [part for part in parts if _means_own_order(turn, part)]
    if not own:
        return answer_parts(turn, parts)
    if len(parts) == 1 and (followed := follow(turn, own[0].text, loosely=True)):
        return followed
    asked = orders.ask_number(turn, own[0].text, questions.likely(turn, own[0].outcome))
    others = answer_parts(turn, [part for part in parts if part not in own])
    return together(others, asked, replace(asked.dialogue, topic=others.dialogue.topic))


def parts_of(turn: Turn, text: str) -> tuple[Part, ...]:
    """Match a message; a bare platform answers the question which platform was meant."""
    dialogue = turn.facts.dialogue
    parts = turn.snapshot.ask(text, dialogue.topic).parts
    bare = isinstance(parts[0].outcome, Menu) and parts[0].outcome.platform is not None
    if bare and dialogue.waiting_for == _PLATFORM and dialogue.pending_text:
        parts = turn.snapshot.ask(f"{text} {dialogue.pending_text}").parts
    return parts[:_MOST_PARTS]


def answer_parts(turn: Turn, parts: Sequence[Part]) -> Answered:
    """Answer each question in its order, and remember what is left open."""
    quoted = len(parts) > 1
    replies = tuple(
        questions.answer_part(
            turn,
            part,
            quoted=quoted,
            find_order=turn.private and about_own_order(part.text),
        )
        for part in parts
    )
    effects = tuple(effect for part in parts for effect in questions.record(part))
    return turn.answered(*replies, effects=effects, dialogue=_left_open(turn, parts))


def together(first: Answered, second: Answered, dialogue: Dialogue) -> Answered:
    """Give two answers to one message."""
    replies = (*first.replies, *second.replies)
    return Answered(replies, (*first.effects, *second.effects), dialogue)


def _means_own_order(turn: Turn, part: Part) -> bool:
    """Tell a question about an own order from one that is surely about a rule."""
    sure = isinstance(part.outcome, Answer)
    if not turn.private or not about_some_order(part.text):
        return False
    if about_own_order(part.text):
        return not sure or not (names_platform(part.text) or beyond_the_card(part.text))
    return turn.bound and not sure and not beyond_the_card(part.text)


def _left_open(turn: Turn, parts: Sequence[Part]) -> Dialogue:
    left = replace(turn.facts.dialogue, waiting_for=None, pending_text=None)
    for part in parts:
        if isinstance(part.outcome, Answer):
            left = replace(left, row=None, topic=part.outcome.entry_id)
        else:
            waiting_for = _PLATFORM if isinstance(part.outcome, Clarify) else None
            topic = None if _turns_to_another_platform(turn, left, part.text) else left.topic
            left = replace(left, waiting_for=waiting_for, pending_text=part.text, topic=topic)
    return left


def _turns_to_another_platform(turn: Turn, left: Dialogue, text: str) -> bool:
    """Tell whether what was answered last is of a platform that is no longer spoken of."""
    last = turn.snapshot.knowledge.entries.get(left.topic or "")
    named = named_platforms(cleaned(text))
    return last is not None and bool(named) and last.platform not in named
