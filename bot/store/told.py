"""What people know of their lines (已告知): how each stood, and the payout day we named."""

from collections.abc import Collection, Mapping
from functools import cache

from sqlalchemy import Connection, bindparam, select

from bot.reminders import Known, Standing
from bot.store.inserting import Insert, Inserting, insert_for
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
    connection.execute(_telling(insert_for(connection), anew=anew), rows)


@cache
def _telling(insert_into: Inserting, *, anew: bool) -> Insert:
    """Built once: building it costs more than carrying it out."""
    statement = insert_into(told)
    if not anew:
        return statement.on_conflict_do_nothing()
    renewed = {name: statement.excluded[name] for name in ("standing", "day")}
    return statement.on_conflict_do_update(index_elements=["line", "user"], set_=renewed)
