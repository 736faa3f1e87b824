"""A turn of the operator's done from the console (运营回合): by the desk, as in the chat."""

from bot.console.visit import Visit
from bot.desk.actions import Signer
from bot.desk.facts import Facts
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.desk.rendering import Voice
from bot.desk.turn import Turn

__all__ = ["operator_turn"]


def operator_turn(visit: Visit, incoming: Incoming, facts: Facts, operators: Operators) -> Turn:
    """What a person of the operator's does, as the desk takes it; the operator's chat reads zh."""
    parts = visit.parts
    return Turn(
        incoming,
        facts,
        parts.current(),
        Voice("zh", visit.now, parts.settings.timezone),
        visit.now,
        Signer(parts.secret),
        parts.bot_name(),
        operators,
    )
