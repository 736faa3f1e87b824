"""Cases (未到账): money that somebody said did not arrive, for the operator to look into."""

from datetime import datetime

from sqlalchemy import Connection

from bot.desk.effects import Arrival
from bot.store.inserting import insert
from bot.store.tables import cases

__all__ = ["OPEN", "note_arrival"]

OPEN, ARRIVED = "open", "arrived"


def note_arrival(connection: Connection, user: int, said: Arrival, now: datetime) -> None:
    """Open a case for money that did not arrive; close the one there is for money that did.

    A case that was closed is open again under the same number.
    """
    if said.arrived:
        mine = (cases.c.user == user) & (cases.c.number == said.number)
        connection.execute(cases.update().where(mine).values(state=ARRIVED))
        return
    statement = insert(connection, cases).values(
        number=said.number,
        user=user,
        platform=said.platform,
        line=said.row,
        day=said.day,
        opened_at=now,
        state=OPEN,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["user", "platform", "line", "day"], set_={"state": OPEN}
        )
    )
