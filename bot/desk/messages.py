"""Typed messages: commands, order numbers, questions, and any of them together."""

from bot.desk import earnings, orders, payout_match, standing
from bot.desk.beside import answer_numbers
from bot.desk.binding import PAYLOAD
from bot.desk.commands import COMMANDS, PRIVATE_COMMANDS, command_in
from bot.desk.facts import Wanted
from bot.desk.following import follow
from bot.desk.hearing import hear
from bot.desk.incoming import Incoming
from bot.desk.manners import not_words
from bot.desk.phrases import (
    about_own_order,
    about_some_order,
    asks_for_person,
    asks_what_is_to_come,
    beyond_the_card,
    command_of,
    follow_up,
    names_platform,
    without_mention,
)
from bot.desk.pieces import answer_pieces, sought_by_pieces
from bot.desk.privately import TO_ORDERS, in_private_only
from bot.desk.replies import Answered
from bot.desk.supposing import is_refund
from bot.desk.turn import Turn
from bot.desk.whose_link import answer_links, asks_whose
from settlement.order_number import find_order_numbers, why_not

__all__ = ["answer", "wanted"]


def wanted(incoming: Incoming) -> Wanted:
    """Say what a typed message needs loaded; in a group, nothing of anybody's."""
    if not incoming.private:
        return Wanted()
    command, argument = _command(incoming.text)
    if command == "start" and argument.startswith(PAYLOAD):
        return Wanted(binding_code=argument.removeprefix(PAYLOAD))
    if command in ("person", "human"):
        return Wanted(remembered=True, numbers=_numbers_in(argument), subscriptions=True)
    if command is not None:
        return _WANTED_BY_COMMAND.get(command, Wanted())
    if numbers := _numbers_in(incoming.text):
        return Wanted(numbers=numbers, subscriptions=True, account=incoming.text)
    return payout_match.wanted(incoming.text) or _wanted_in_words(incoming.text)


def _numbers_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.number for each in find_order_numbers(text)))


def _wanted_in_words(text: str) -> Wanted:
    again = follow_up(text, loosely=True) is not None or is_refund(text)
    sought = sought_by_pieces(text)
    return Wanted(
        own_lines=_own_lines_for(text),
        remembered=again,
        subscriptions=again or bool(sought),
        account=text,
        sought=sought,
        promoters=asks_whose(text),
    )


def _own_lines_for(text: str) -> int:
    """Say how many of one's latest lines a text may be answered from."""
    if asks_what_is_to_come(text) or standing.standing_in(text):
        return earnings.LINES
    if follow_up(text) == "others":
        return orders.OWN_LINES
    if not about_some_order(text):
        return 0
    choosing = follow_up(text, loosely=True) == "why" or names_platform(text)
    return orders.OWN_LINES if choosing else orders.RECENT


def answer(turn: Turn) -> Answered:
    """Answer a typed message."""
    command, argument = _command(turn.incoming.text)
    if command is None:
        return _answer_text(turn, without_mention(turn.incoming.text))
    private = command in PRIVATE_COMMANDS or argument.startswith(PAYLOAD)
    if private and not turn.private:
        return in_private_only(turn)
    return COMMANDS[command](turn, argument)


def _answer_text(turn: Turn, text: str) -> Answered:
    if heard := hear(turn, text):
        return heard
    numbers = find_order_numbers(text)
    if not text.strip():
        return not_words(turn)
    whose = asks_whose(text)
    if not turn.private and (numbers or whose or _about_own(text)):
        return in_private_only(turn)
    if numbers:
        return answer_numbers(turn, text, numbers)
    if whose:
        return answer_links(turn, text)
    if turn.private and (matched := payout_match.answer(turn, text)):
        return matched
    if hint := _no_order_number(turn, text):
        return turn.answered(turn.say("not_a_number", hint=hint), dialogue=turn.facts.dialogue)
    if listed := standing.answer(turn, text):
        return listed
    if turn.facts.dialogue.waiting_for is None and (followed := follow(turn, text)):
        return followed
    if asks_what_is_to_come(text):
        return earnings.show_commission(turn)
    return answer_pieces(turn, text)


def _about_own(text: str) -> bool:
    """Tell whether a message asks about one's own orders in words."""
    return (
        about_own_order(text)
        or asks_what_is_to_come(text)
        or standing.standing_in(text) is not None
        or payout_match.asks(text)
    )


def _command(text: str) -> tuple[str | None, str]:
    """Read a command, typed with a slash or in words; an unknown one asks for help."""
    given = command_in(text)
    if given is None:
        command = command_of(text)
        said = without_mention(text)
        return ("person", said) if not command and asks_for_person(said) else (command, "")
    name, argument = given
    if name == "start" and argument == TO_ORDERS:
        return "orders", ""
    if name == "orders" and find_order_numbers(argument):
        return None, ""
    return (name if name in COMMANDS else "help"), argument


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


_WANTED_BY_COMMAND = {
    "orders": Wanted(own_lines=orders.OWN_LINES),
    "commission": Wanted(own_lines=earnings.LINES),
    "sheet": Wanted(own_lines=earnings.LINES),
    "bind": Wanted(requests=True),
    "find_order": Wanted(own_lines=orders.RECENT),
    "reminders": Wanted(subscriptions=True, preferences=True, awaited=True),
    "console": Wanted(staff=True),
}
