"""Cases (未到账): money that somebody said did not arrive, for the operator to look into."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from bot.desk.replies import Arrival
from bot.store.inserting import insert
from bot.store.tables import cases

__all__ = ["OPEN", "Case", "note_arrival", "open_cases"]

OPEN, ARRIVED = "open", "arrived"


class Case(NamedTuple):
    """What did not arrive: one line's money, or with `line` 0 all of a platform's payout day."""

    number: str
    user: int
    platform: str
    line: int
    day: date
    opened_at: datetime


def note_arrival(connection: Connection, user: int, said: Arrival, now: datetime) -> None:
    """Open a case for money that did not arrive; close the one there is for money that did.

    A case that was closed is open again under the same number.
    """
    if said.arrived:
        mine = (cases.c.user == user) & (cases.c.number == said.number)
        connection.execute(cases.update().where(mine).values(state=ARRIVED))
        return
    case = Case(said.number, user, said.platform, said.row, said.day, now)
    statement = insert(connection, cases).values(**case._asdict(), state=OPEN)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["user", "platform", "line", "day"], set_={"state": OPEN}
        )
    )


def open_cases(connection: Connection) -> list[Case]:
    """All that is open, the oldest first."""
    columns = [cases.c[name] for name in Case._fields]
    found = connection.execute(select(*columns).where(cases.c.state == OPEN).order_by(cases.c.id))
    return [Case(*row) for row in found]
