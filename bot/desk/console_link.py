"""Letting the operator's people into the console (运营页面的登录链接)."""

from bot.console_address import sign_in_address
from bot.desk.effects import OfferSignIn
from bot.desk.replies import Answered
from bot.desk.turn import Turn

__all__ = ["show_console"]


def show_console(turn: Turn) -> Answered:
    """Send a one-time link to whoever has a role; others learn what they must be asked for.

    The code is made of the message and the secret, so that answering the message again is the
    same as answering it once; nobody without the secret can make it.
    """
    incoming, address = turn.incoming, turn.operators.console
    staff = turn.facts.staff or incoming.user in turn.operators.people
    if not staff or address is None:
        return turn.answered(turn.say("console", address=None, staff=staff, user=incoming.user))
    code = turn.signer.code("console", incoming.user, incoming.update, turn.now.isoformat())
    said = turn.say("console", address=sign_in_address(address, code), staff=True, user=None)
    return turn.answered(said, effects=(OfferSignIn(code, incoming.name),))
