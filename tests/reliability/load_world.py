"""What is there before the load begins: lines that are paid today, people at the console."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Table, func, select

from bot.store.importing import OwnedOrder, ReportImport
from bot.store.letters import Kind, State
from bot.store.signing_in import open_session
from bot.store.tables import (
    bindings,
    creators,
    order_lines,
    outbox,
    people,
    quarantine,
    subscriptions,
)
from tests.intake.planned import LINE
from tests.reliability.load_process import MORNING

__all__ = ["FIRST_REMINDED", "fill", "kept", "sign_in"]

EARLY = datetime(2026, 8, 20, 4, tzinfo=UTC)
FIRST_REMINDED = 5_000_000
FIRST_NUMBER = 3_000_000_000_000_000_000
STAFF = 9_000
AT_ONCE = 2_000


def fill(engine: Engine, reminders: int) -> None:
    """So many people with one line each, watched by them, that is paid today."""
    numbers = range(1, reminders + 1)
    _insert(engine, creators, [_creator(number) for number in numbers])
    _insert(engine, people, [_person(number) for number in numbers])
    _insert(engine, bindings, [_binding(number) for number in numbers])
    report = ReportImport(engine, "report.csv", "hash", EARLY)
    for first in range(0, reminders, AT_ONCE):
        part = numbers[first : first + AT_ONCE]
        report.add([OwnedOrder(number, _order(number)) for number in part])
    report.publish(refused=0)
    with engine.connect() as connection:
        lines = connection.execute(select(order_lines.c.creator, order_lines.c.id)).all()
    _insert(engine, subscriptions, [_subscription(number, row) for number, row in lines])


def sign_in(engine: Engine, clients: int) -> list[str]:
    """The session tokens of owners at the console."""
    with engine.begin() as connection:
        return [
            open_session(connection, STAFF + number, f"员工{number}", MORNING.astimezone(UTC))
            for number in range(clients)
        ]


def kept(engine: Engine) -> dict[str, int]:
    """What became of the reminders, and what was set aside, by the database."""
    states = select(outbox.c.state, func.count()).where(outbox.c.kind == Kind.PUSH)
    with engine.connect() as connection:
        found = {state: count for state, count in connection.execute(states.group_by("state"))}
        aside = connection.execute(select(func.count()).select_from(quarantine)).scalar_one()
    uncertain = found.get(State.UNCERTAIN, 0)
    return {"reminders_uncertain": uncertain, "set_aside": aside, "planned": sum(found.values())}


def _insert(engine: Engine, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        with engine.begin() as connection:
            connection.execute(table.insert(), rows)


def _order(number: int) -> Any:
    return replace(LINE, order_number=str(FIRST_NUMBER + number))


def _creator(number: int) -> dict[str, Any]:
    return {"id": number, "name": f"达人 {number}", "created_at": EARLY}


def _person(number: int) -> dict[str, Any]:
    user = FIRST_REMINDED + number
    return {
        "user": user, "chat": user, "name": "", "language": "zh", "dialogue": {},
        "first_seen_at": EARLY, "seen_at": EARLY,
    }  # fmt: skip


def _binding(number: int) -> dict[str, Any]:
    return {"user": FIRST_REMINDED + number, "creator": number, "bound_at": EARLY}


def _subscription(number: int, row: int) -> dict[str, Any]:
    user = FIRST_REMINDED + number
    return {"user": user, "scope": "order", "line": row, "created_at": EARLY}
