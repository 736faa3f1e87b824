"""What the operator has to look at: messages that failed, or of which nobody knows (待处理)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.desk.markup import plain
from bot.desk.trouble import resent
from bot.store.letters import State
from bot.store.tables import people
from bot.store.tables.sending import is_troubled, outbox

__all__ = [
    "NotTroubledError",
    "Troubled",
    "drop",
    "resend",
    "troubled",
    "uncertain_ids",
    "words_in",
]

_EMPTIED: Mapping[str, object] = {
    "html": "",
    "text": "",
    "buttons": [],
    "content": "",
    "picture": None,
}
"""What is left of a payload whose words are forgotten."""
_NO_SUCH_ROW = 2**63
"""Neither database can hold it, so neither is asked."""


class NotTroubledError(Exception):
    """A row is not there, or neither failed nor uncertain; `row` is its id."""

    def __init__(self, row: int) -> None:
        super().__init__(f"outbox row {row} is neither failed nor uncertain")
        self.row = row


@dataclass(frozen=True, slots=True)
class Troubled:
    """A message that failed or is uncertain; `at` is when that became known."""

    id: int
    state: State
    kind: str
    chat: int
    at: datetime
    attempts: int
    reason: str
    text: str


def troubled(connection: Connection) -> list[Troubled]:
    """All of them, the oldest first."""
    found = connection.execute(
        select(outbox).where(is_troubled).order_by(outbox.c.settled_at, outbox.c.id)
    )
    return [
        Troubled(
            row.id,
            State(row.state),
            row.kind,
            row.chat,
            row.settled_at,
            row.attempts,
            row.reason or "",
            words_in(row.payload),
        )
        for row in found
    ]


def uncertain_ids(connection: Connection) -> list[int]:
    """The messages that may have arrived."""
    found = select(outbox.c.id).where(is_troubled, outbox.c.state == State.UNCERTAIN)
    return list(connection.execute(found.order_by(outbox.c.id)).scalars())


def resend(connection: Connection, rows: Collection[int], now: datetime) -> int:
    """Put rows back into the outbox once, all of them or none; raises NotTroubledError.

    A message that may have arrived says that it is sent again; one that did not need not.
    """
    found = _locked(connection, rows)
    for row in found:
        values: dict[str, object] = {
            "state": State.PENDING,
            "reason": None,
            "due_at": now,
            "resent_at": now,
            "settled_at": None,
            # Whatever time it was meant for, the operator wants it said now.
            "send_until": None,
        }
        if row.state == State.UNCERTAIN and "html" in row.payload:
            html = resent(row.language, row.payload["html"])
            values["payload"] = row.payload | {"html": html}
        connection.execute(outbox.update().where(outbox.c.id == row.id).values(values))
    return len(found)


def drop(connection: Connection, rows: Collection[int], now: datetime) -> int:
    """Give rows up for good, all of them or none; raises NotTroubledError.

    What they said is forgotten; their keys stay, so that they are not planned again.
    """
    found = _locked(connection, rows)
    for row in found:
        said = {name: _EMPTIED.get(name, value) for name, value in row.payload.items()}
        values = {
            "state": State.DROPPED,
            "reason": f"dropped by the operator; was {row.state}: {row.reason}",
            "settled_at": now,
            "payload": said,
        }
        connection.execute(outbox.update().where(outbox.c.id == row.id).values(values))
    return len(found)


def _locked(connection: Connection, rows: Collection[int]) -> list[Any]:
    """These rows, kept from everybody else; raises NotTroubledError if one is not troubled."""
    wanted = sorted(set(rows))
    found = connection.execute(
        select(outbox, people.c.language)
        .outerjoin(people, people.c.user == outbox.c.user)
        .where(outbox.c.id.in_([row for row in wanted if abs(row) < _NO_SUCH_ROW]), is_troubled)
        .order_by(outbox.c.id)
        .with_for_update(of=outbox)
    ).all()
    known = {row.id for row in found}
    for row in wanted:
        if row not in known:
            raise NotTroubledError(row)
    return list(found)


def words_in(payload: dict[str, Any]) -> str:
    """What a message says, without markup."""
    return plain(payload.get("html") or "") or str(payload.get("text", ""))
