"""What people know of their lines (已告知): how each stood, and the payout day we named."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, select

from bot.reminders import Known, Standing
from bot.store.inserting import insert
from bot.store.tables import told

__all__ = ["known_to", "tell"]

_known = select(told.c.user, told.c.line, told.c.standing, told.c.day).where(
    told.c.user.in_(bindparam("users", expanding=True)),
    told.c.line.in_(bindparam("rows", expanding=True)),
)


def known_to(
    connection: Connection, users: Collection[int], rows: Collection[int]
) -> dict[tuple[int, int], Known]:
    """What these people were told of these lines, by user and line."""
    found = connection.execute(_known, {"users": list(users), "rows": list(rows)})
    return {
        (user, line): Known(Standing.read(standing), day) for user, line, standing, day in found
    }


def tell(
    connection: Connection, known: Mapping[tuple[int, int], Known], *, anew: bool = True
) -> None:
    """Note what people know of lines from now on, by user and line.

    Unless it is told `anew`, what they knew already stays.
    """
    rows = [
        {"user": user, "line": line, "standing": each.standing.document(), "day": each.day}
        for (user, line), each in known.items()
    ]
    if not rows:
        return
    statement = insert(connection, told)
    if not anew:
        connection.execute(statement.on_conflict_do_nothing(), rows)
        return
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["line", "user"],
            set_={"standing": statement.excluded.standing, "day": statement.excluded.day},
        ),
        rows,
    )
