"""Typed messages: commands, order numbers, questions, and any of them together."""

from collections.abc import Sequence
from dataclasses import replace

from bot.desk import orders, questions
from bot.desk.awaited import hear
from bot.desk.binding import PAYLOAD
from bot.desk.commands import COMMANDS, PRIVATE_COMMANDS, command_in
from bot.desk.facts import Dialogue, Wanted
from bot.desk.incoming import Incoming
from bot.desk.phrases import (
    about_own_order,
    about_some_order,
    beyond_the_card,
    command_of,
    follows_up,
    names_platform,
    without_mention,
)
from bot.desk.replies import Answered, Button
from bot.desk.supposing import WAITING_FOR_REFUND, hear_refund, is_refund
from bot.desk.turn import Turn
from knowledge.outcome import Answer, Clarify, Menu, Part
from settlement.order_number import FoundNumber, find_order_numbers, why_not, without_numbers

__all__ = ["answer", "wanted"]

_PLATFORM = "platform"
_TO_ORDERS = "orders"
"""The payload of the link that leads from a group to one's own orders."""
_MOST_PARTS = 5
"""Questions of one message that are answered; nobody reads more at once."""


def wanted(incoming: Incoming) -> Wanted:
    """Say what a typed message needs loaded; in a group, nothing of anybody's."""
    if not incoming.private:
        return Wanted()
    command, argument = _command(incoming.text)
    if command == "start" and argument.startswith(PAYLOAD):
        return Wanted(binding_code=argument.removeprefix(PAYLOAD))
    if command is not None:
        return _WANTED_BY_COMMAND.get(command, Wanted())
    numbers = dict.fromkeys(each.number for each in find_order_numbers(incoming.text))
    if numbers:
        return Wanted(numbers=tuple(numbers), subscriptions=True, account=incoming.text)
    recent = orders.RECENT if about_some_order(incoming.text) else 0
    again = follows_up(incoming.text) or is_refund(incoming.text)
    return Wanted(own_lines=recent, remembered=again, subscriptions=again, account=incoming.text)


def answer(turn: Turn) -> Answered:
    """Answer a typed message."""
    command, argument = _command(turn.incoming.text)
    if command is None:
        return _answer_text(turn, without_mention(turn.incoming.text))
    private = command in PRIVATE_COMMANDS or argument.startswith(PAYLOAD)
    if private and not turn.private:
        return _in_private_only(turn)
    return COMMANDS[command](turn, argument)


def _answer_text(turn: Turn, text: str) -> Answered:
    if heard := hear(turn, text):
        return heard
    if turn.facts.dialogue.waiting_for == WAITING_FOR_REFUND and turn.private:
        heard = hear_refund(turn, text)
        if heard is not None:
            return heard
    numbers = find_order_numbers(text)
    if not text.strip():
        return turn.answered(turn.say("unreadable"), dialogue=turn.facts.dialogue)
    if (numbers or about_own_order(text)) and not turn.private:
        return _in_private_only(turn)
    if numbers:
        return _with_numbers(turn, text, numbers)
    if hint := _no_order_number(turn, text):
        return turn.answered(turn.say("not_a_number", hint=hint), dialogue=turn.facts.dialogue)
    waiting = turn.facts.dialogue.waiting_for
    if waiting is None and follows_up(text) and (again := orders.still_on_the_table(turn)):
        return again
    return _in_words(turn, _parts(turn, text))


def _command(text: str) -> tuple[str | None, str]:
    """Read a command, typed with a slash or in words; an unknown one asks for help."""
    given = command_in(text)
    if given is None:
        return command_of(text), ""
    name, argument = given
    if name == "start" and argument == _TO_ORDERS:
        return "orders", ""
    if name == "orders" and find_order_numbers(argument):
        return None, ""
    return (name if name in COMMANDS else "help"), argument


def _in_private_only(turn: Turn) -> Answered:
    """Lead out of a group: order facts are for one pair of eyes."""
    link = f"https://t.me/{turn.bot_name}?start={_TO_ORDERS}" if turn.bot_name else None
    button = Button(turn.voice.text("buttons", "private_chat"), url=link)
    return turn.answered(turn.say("group", ((button,),) if link else ()))


def _with_numbers(turn: Turn, text: str, numbers: Sequence[FoundNumber]) -> Answered:
    """Answer the order numbers, then whatever else was asked beside them."""
    looked_up = orders.look_up(turn, numbers)
    rest = without_numbers(text, numbers)
    if not beyond_the_card(rest):
        return looked_up
    parts = tuple(part for part in _parts(turn, rest) if beyond_the_card(part.text))
    beside = _questions(turn, parts)
    table = looked_up.dialogue
    return _together(looked_up, beside, replace(beside.dialogue, row=table.row, rows=table.rows))


def _together(first: Answered, second: Answered, dialogue: Dialogue) -> Answered:
    """Give two answers to one message."""
    replies = (*first.replies, *second.replies)
    return Answered(replies, (*first.effects, *second.effects), dialogue)


def _no_order_number(turn: Turn, text: str) -> object:
    """Say why a text that was meant as an order number is none, by its form alone."""
    asked_for = turn.facts.dialogue.waiting_for == orders.ORDER_NUMBER
    nothing_else = not beyond_the_card(text) or _bare_link(text)
    cause = why_not(text) if asked_for or nothing_else else None
    if cause == "too_short" and names_platform(text):
        return None
    return cause and turn.voice.word("number_hints", cause)


def _bare_link(text: str) -> bool:
    """Tell whether a message is a link and nothing said about it."""
    return "://" in text and text.isascii() and len(text.split()) == 1


def _in_words(turn: Turn, parts: Sequence[Part]) -> Answered:
    """Answer questions; if one is about an own order that is not named, ask which."""
    own = next((part for part in parts if _means_own_order(turn, part)), None)
    if own is None:
        return _questions(turn, parts)
    asked = orders.ask_number(turn, own.text, questions.likely(turn, own.outcome))
    others = _questions(turn, tuple(part for part in parts if part is not own))
    return _together(others, asked, replace(asked.dialogue, topic=others.dialogue.topic))


def _means_own_order(turn: Turn, part: Part) -> bool:
    """Tell a question about an own order from one that is surely about a rule."""
    sure = isinstance(part.outcome, Answer)
    if not turn.private or not about_some_order(part.text):
        return False
    if about_own_order(part.text):
        return not sure or not (names_platform(part.text) or beyond_the_card(part.text))
    return turn.bound and not sure and not beyond_the_card(part.text)


def _parts(turn: Turn, text: str) -> tuple[Part, ...]:
    """Match a message; a bare platform answers the question which platform was meant."""
    dialogue = turn.facts.dialogue
    parts = turn.snapshot.ask(text, dialogue.topic).parts
    bare = isinstance(parts[0].outcome, Menu) and parts[0].outcome.platform is not None
    if bare and dialogue.waiting_for == _PLATFORM and dialogue.pending_text:
        parts = turn.snapshot.ask(f"{text} {dialogue.pending_text}").parts
    return parts[:_MOST_PARTS]


def _questions(turn: Turn, parts: Sequence[Part]) -> Answered:
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


def _left_open(turn: Turn, parts: Sequence[Part]) -> Dialogue:
    left = replace(turn.facts.dialogue, waiting_for=None, pending_text=None)
    for part in parts:
        if isinstance(part.outcome, Answer):
            left = replace(left, row=None, topic=part.outcome.entry_id)
        else:
            waiting_for = _PLATFORM if isinstance(part.outcome, Clarify) else None
            left = replace(left, waiting_for=waiting_for, pending_text=part.text)
    return left


_WANTED_BY_COMMAND = {
    "orders": Wanted(own_lines=orders.OWN_LINES),
    "commission": Wanted(own_lines=orders.OWN_LINES),
    "bind": Wanted(requests=True),
    "find_order": Wanted(own_lines=orders.RECENT),
    "reminders": Wanted(subscriptions=True),
}
