"""Taking letters out of the outbox as a sender does, as fast as one may wish (取件测试)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.store.claiming import Claimant, Room, claim
from bot.store.letters import Outgoing
from bot.store.pace import Limits, Pace

__all__ = ["BOT", "FREE", "ME", "take"]

BOT = 4
ME = Claimant(BOT, "me")
FREE = Limits(Pace(timedelta(), 1), Pace(timedelta(), 1), timedelta())
"""No limit of pace at all."""


def take(
    connection: Connection, now: datetime, answers: int = 9, pushes: int = 9, who: Claimant = ME
) -> list[Outgoing]:
    """What may be sent now, as much as there is room for."""
    return claim(connection, who, Room(answers, pushes), FREE, now)
