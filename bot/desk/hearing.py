"""What was asked for in one message comes in the next (等待的回答), unless something else does."""

from collections.abc import Callable, Mapping

from bot.desk import calculating, supposing
from bot.desk.binding_requests import hear_account
from bot.desk.facts import WAITING_FOR_ACCOUNT
from bot.desk.opinions import WAITING_FOR_OPINION, hear_opinion
from bot.desk.phrases import about_some_order, asks
from bot.desk.preferring import WAITING_FOR_ZONE, hear_zone
from bot.desk.replies import Answered
from bot.desk.turn import Turn
from knowledge.outcome import Answer, Choices, Clarify
from settlement.order_number import find_order_numbers

__all__ = ["hear"]

_SHORTEST_ORDER_NUMBER = 12
"""Shorter ones are found too, but an account's number may be as long."""
_HEARING: Mapping[str, Callable[[Turn, str], Answered | None]] = {
    WAITING_FOR_ACCOUNT: hear_account,
    calculating.WAITING_FOR_FIGURE: calculating.hear_figure,
    WAITING_FOR_OPINION: hear_opinion,
    supposing.WAITING_FOR_REFUND: supposing.hear_refund,
    WAITING_FOR_ZONE: hear_zone,
}


def hear(turn: Turn, text: str) -> Answered | None:
    """Take a text for what was asked for; None if nothing was, or something else is asked now."""
    heard = _HEARING.get(turn.facts.dialogue.waiting_for or "")
    if heard is None or not turn.private or not text.strip() or _asks_something_else(turn, text):
        return None
    return heard(turn, text)


def _asks_something_else(turn: Turn, text: str) -> bool:
    """Tell a question or an order number from an answer, which is short and asks nothing."""
    if _is_expected(turn, text):
        return False
    if "?" in text or "？" in text or about_some_order(text):
        return True
    if any(len(each.number) >= _SHORTEST_ORDER_NUMBER for each in find_order_numbers(text)):
        return True
    outcome = turn.snapshot.ask(text).parts[0].outcome
    return isinstance(outcome, Answer) or (isinstance(outcome, Choices | Clarify) and asks(text))


def _is_expected(turn: Turn, text: str) -> bool:
    """Tell a figure or an amount that was asked for, whatever else it could mean."""
    match turn.facts.dialogue.waiting_for:
        case calculating.WAITING_FOR_FIGURE:
            return calculating.is_figure(turn, text)
        case supposing.WAITING_FOR_REFUND:
            return supposing.is_refund(text)
    return False
