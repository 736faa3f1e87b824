"""Writing what an import makes of lines (暂存): under its batch, seen by nobody yet."""

from collections.abc import Sequence
from datetime import datetime

import orjson
from sqlalchemy import Connection, bindparam, case, func

from bot.store.bulk import insert_rows, reserve_ids
from bot.store.comparing import Draft
from bot.store.findings import Change
from bot.store.said import NUMBERS, stamped
from bot.store.tables import order_facts, order_history, order_lines

__all__ = ["FACTS", "HISTORY", "history_rows", "json_of", "stage", "take_back"]

_LINE = ("id", "creator", "platform", "line_key", *NUMBERS, "ordered_at")
FACTS = (
    *("line", "batch", "facts", "fingerprint"),
    *("data_as_of", "recorded_at", "others", "base"),
)
HISTORY = ("line", "batch", "field", "before", "after", "changed_at")
_NAMING = frozenset(NUMBERS)
_ORDER_NUMBER = order_lines.c.order_number
# What nobody had said of a line before; what it is called already stays. A report that knows an
# order by its line alone had called it so.
_order_unknown = order_lines.c.order_number == order_lines.c.sub_order_number
_name = (
    order_lines.update()
    .where(order_lines.c.id == bindparam("row"))
    .values(
        {
            number: func.coalesce(order_lines.c[number], bindparam(f"new_{number}"))
            for number in NUMBERS
        }
        | {
            "order_number": case(
                (_order_unknown, func.coalesce(bindparam("new_order_number"), _ORDER_NUMBER)),
                else_=_ORDER_NUMBER,
            )
        }
    )
)


def stage(
    connection: Connection,
    batch: int,
    drafts: Sequence[Draft],
    resumed: Sequence[Draft],
    now: datetime,
) -> None:
    """Write drafts down; of those `resumed` what an earlier part of the file left goes first."""
    take_back(connection, batch, [draft.line for draft in resumed if draft.line])
    _number(connection, [draft for draft in drafts if draft.line is None])
    insert_rows(connection, order_facts, FACTS, _facts_rows(drafts, batch, stamped(now)))
    changed = [draft for draft in drafts if draft.changes]
    history = [
        row
        for draft in changed
        for row in history_rows(draft.line, batch, draft.changes, stamped(now))
    ]
    insert_rows(connection, order_history, HISTORY, history)
    _name_anew(connection, changed)


def take_back(connection: Connection, batch: int, lines: Sequence[int]) -> None:
    """Forget what a batch that nobody sees yet says of these lines."""
    if lines:
        for table in (order_facts, order_history):
            staged = (table.c.batch == batch) & table.c.line.in_(lines)
            connection.execute(table.delete().where(staged))


def _number(connection: Connection, drafts: Sequence[Draft]) -> None:
    """Give lines that nobody has mentioned before their rows."""
    if not drafts:
        return
    ids = reserve_ids(connection, order_lines, len(drafts))
    rows = []
    for draft, row in zip(drafts, ids, strict=True):
        draft.line = row
        rows.append((row, draft.creator, *draft.arrival.said[:7]))
    insert_rows(connection, order_lines, _LINE, rows)


def _facts_rows(drafts: Sequence[Draft], batch: int, now: str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for draft in drafts:
        facts, fingerprint, asked_at = draft.written()
        base = draft.known.batch if draft.known else None
        others = draft.arrival.said.others
        if draft.others:
            said = orjson.loads(others) if others else {}
            others = orjson.dumps({**draft.others, **said}).decode()
        rows.append((draft.line, batch, facts, fingerprint, asked_at, now, others, base))
    return rows


def history_rows(
    line: int | None, batch: int, changes: Sequence[Change], now: str
) -> list[tuple[object, ...]]:
    """What a batch changes of a line, as the table keeps it."""
    return [
        (line, batch, name, json_of(before), json_of(after), now)
        for name, before, after in changes
    ]


def json_of(value: object) -> str | None:
    """A value as the tables keep JSON."""
    return None if value is None else orjson.dumps(value).decode()


def _name_anew(connection: Connection, drafts: Sequence[Draft]) -> None:
    """Let a line be found by the numbers that a later source has added."""
    named = []
    for draft in drafts:
        after = {name: value for name, _, value in draft.changes}
        if after.keys() & _NAMING:
            numbers = {f"new_{number}": after.get(number) for number in NUMBERS}
            named.append({"row": draft.line, **numbers})
    if named:
        connection.execute(_name, named)
