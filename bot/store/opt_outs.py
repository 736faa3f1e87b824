"""Who wants no broadcasts (不再接收通知)."""

from datetime import datetime

from sqlalchemy import Connection

from bot.store.inserting import insert
from bot.store.recipient_outcomes import take_back
from bot.store.tables import opt_outs

__all__ = ["opt_in", "opt_out"]


def opt_out(connection: Connection, user: int, now: datetime) -> None:
    """Send a person no more broadcasts; what waits in the outbox is taken back."""
    wish = insert(connection, opt_outs).values(user=user, opted_out_at=now)
    connection.execute(wish.on_conflict_do_nothing())
    take_back(connection, user=user)


def opt_in(connection: Connection, user: int) -> None:
    """Send a person broadcasts again."""
    connection.execute(opt_outs.delete().where(opt_outs.c.user == user))
