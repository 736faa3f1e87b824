"""What is kept for how long, on both databases, and that the operator is told the truth of it."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.store.forgetting import DONE_KEPT, TROUBLED_KEPT
from bot.store.retention import KEPT, RECIPIENTS_KEPT, STILL_OPEN_KEPT, Kept, forget_old
from bot.store.tables import broadcast_recipients, broadcasts, unanswered_questions
from bot.telegram.service import REMEMBERED
from tests.rows import fitting_row

SECOND = timedelta(seconds=1)
README = Path(__file__).parents[2] / "deploy" / "README.md"


def keep(connection: Connection, rule: Kept, at: datetime | None, numbers: range) -> None:
    for number in numbers:
        row = fitting_row(rule.table, number) | {rule.since.name: at}
        connection.execute(rule.table.insert().values(row))


def count(connection: Connection, rule: Kept) -> int:
    return connection.execute(select(func.count()).select_from(rule.table)).scalar_one()


@pytest.mark.parametrize("rule", KEPT, ids=lambda rule: rule.table.name)
def test_what_is_too_old_goes_a_few_at_a_time(
    rule: Kept, connection: Connection, now: datetime
) -> None:
    keep(connection, rule, now, range(1, 6))
    assert forget_old(connection, now + rule.kept, 2) == 0
    left = []
    for _ in range(4):
        forget_old(connection, now + rule.kept + SECOND, 2)
        left.append(count(connection, rule))
    assert left == [3, 1, 0, 0]


@pytest.mark.parametrize(
    "rule", [each for each in KEPT if each.since.nullable], ids=lambda rule: rule.table.name
)
def test_what_has_not_ended_is_kept(rule: Kept, connection: Connection, now: datetime) -> None:
    keep(connection, rule, None, range(1, 3))
    forget_old(connection, now + rule.kept + SECOND, 9)
    assert count(connection, rule) == 2


def test_a_question_left_open_goes_too_in_the_end(connection: Connection, now: datetime) -> None:
    open_one = {"closed_at": None, "asked_at": now}
    row = fitting_row(unanswered_questions, 1) | open_one
    connection.execute(unanswered_questions.insert().values(row))
    assert forget_old(connection, now + STILL_OPEN_KEPT, 9) == 0
    assert forget_old(connection, now + STILL_OPEN_KEPT + SECOND, 9) == 1


def test_who_was_sent_a_broadcast_goes_after_its_end(
    connection: Connection, now: datetime
) -> None:
    for number, finished in ((1, now), (2, None)):
        row = fitting_row(broadcasts, number) | {"finished_at": finished}
        connection.execute(broadcasts.insert().values(row))
        recipient = fitting_row(broadcast_recipients, number)
        connection.execute(broadcast_recipients.insert().values(recipient))
    assert forget_old(connection, now + RECIPIENTS_KEPT, 9) == 0
    assert forget_old(connection, now + RECIPIENTS_KEPT + SECOND, 9) == 1
    left = connection.execute(select(broadcast_recipients.c.broadcast)).scalars().all()
    assert left == [2]


@pytest.mark.parametrize(
    ("what", "kept"),
    [
        *((rule.table.name, rule.kept) for rule in KEPT),
        ("unanswered_questions, still open", STILL_OPEN_KEPT),
        ("broadcast_recipients", RECIPIENTS_KEPT),
        ("outbox, sent or dropped", DONE_KEPT),
        ("outbox, failed or uncertain", TROUBLED_KEPT),
        ("processed_updates", REMEMBERED),
    ],
)
def test_the_operator_is_told_the_truth(what: str, kept: timedelta) -> None:
    rows = re.findall(r"^\| `([^`]+)`[^|]*\| (\d+) days", README.read_text("utf-8"), re.MULTILINE)
    assert dict(rows)[what] == str(kept.days)
