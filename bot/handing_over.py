"""What becomes of letters between creators and the operator (传话回执), and who waited in vain."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.desk import handover_notices as notices
from bot.desk.handoffs import HandOff
from bot.desk.replies import Say
from bot.desk.spoken import template_of
from bot.desk.topics import CloseTopic, OpenTopic
from bot.store.handoffs import cases_by_id, forget_topic, note_root, note_topic, overdue_cases
from bot.store.letters import Kind, Letter, State, Verdict
from bot.store.outbox import enqueue

__all__ = ["note_passed_on", "tell_overdue"]


def note_passed_on(
    connection: Connection, bot: int, verdicts: Sequence[Verdict], now: datetime
) -> None:
    """Remember where cases are read, and tell each side what did not reach the other."""
    ours = [each for each in verdicts if each.row.handoff is not None]
    if not ours:
        return
    cases = cases_by_id(connection, {each.row.handoff or 0 for each in ours})
    for verdict in ours:
        if (case := cases.get(verdict.row.handoff or 0)) is not None:
            _note_place(connection, case, verdict)
    undelivered = [each for each in ours if each.state is State.FAILED]
    enqueue(connection, list(_undelivered(bot, cases, undelivered)), now)


def tell_overdue(connection: Connection, bot: int, now: datetime) -> int:
    """Tell both sides of cases that nobody took in time; returns how many there were."""
    late = overdue_cases(connection, bot, now)
    letters = [letter for case in late for letter in _overdue(bot, case)]
    enqueue(connection, letters, now)
    return len(late)


def _note_place(connection: Connection, case: HandOff, verdict: Verdict) -> None:
    row = verdict.row
    if verdict.topic_gone:
        forget_topic(connection, case.id)
    elif verdict.state is State.SENT and verdict.message is not None:
        if isinstance(row.reply, OpenTopic):
            note_topic(connection, case.id, verdict.message)
        elif row.chat == case.operator_chat:
            note_root(connection, case.id, verdict.message)


def _undelivered(
    bot: int, cases: dict[int, HandOff], failed: Sequence[Verdict]
) -> Iterator[Letter]:
    for verdict in failed:
        case = cases.get(verdict.row.handoff or 0)
        # what tells of a failure and fails itself is not told of
        if case is None or _is_notice(verdict) or isinstance(verdict.row.reply, CloseTopic):
            continue
        if verdict.row.chat != case.operator_chat:
            said = notices.undelivered(verdict.row.reply, gone=verdict.unreachable)
            key = f"handoff:{case.id}:undelivered:{verdict.row.id}"
            yield _letter(bot, case, key, case.operator_chat, said)
        elif case.is_open:
            said = notices.unreachable(case)
            yield _letter(bot, case, f"handoff:{case.id}:unreachable", case.chat, said)


def _is_notice(verdict: Verdict) -> bool:
    return template_of(verdict.row.reply) in notices.TEMPLATES


def _overdue(bot: int, case: HandOff) -> Iterator[Letter]:
    key = f"handoff:{case.id}:overdue"
    yield _letter(bot, case, f"{key}:creator", case.chat, notices.overdue(case))
    yield _letter(bot, case, f"{key}:staff", case.operator_chat, notices.overdue_to_staff())


def _letter(bot: int, case: HandOff, key: str, chat: int, said: Say) -> Letter:
    return Letter(key, Kind.ANSWER, chat, said, user=case.user, bot=bot, handoff=case.id)
