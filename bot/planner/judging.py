"""Judging watched lines anew: after an import, for a new subscription, by time or other rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Connection

from bot.planner.planning import plan_for_lines
from bot.planner.work import Work
from bot.reminders import Known, next_change, payout_of, standing_of
from bot.store.judgements import Judgement, write_judgements
from bot.store.lines import stored_order
from bot.store.outlooks import LineToJudge
from bot.store.pushes import Lines, plan_updates
from bot.store.told import tell
from settlement.diagnosis import diagnose
from settlement.shanghai import day_of

__all__ = ["known_at", "write_lines"]

COALESCED = timedelta(minutes=1)
"""How long news waits for more: several imports within a minute are told as one."""

_NOTHING: Mapping[tuple[int, int], Known] = MappingProxyType({})


def write_lines(
    work: Work,
    lines: Sequence[LineToJudge],
    connection: Connection,
    *,
    user: int | None = None,
    told: Mapping[tuple[int, int], Known] = _NOTHING,
    seen: Mapping[tuple[int, int], Known] = _NOTHING,
) -> int:
    """Judge lines, keep how they stand, and plan what follows; how many pushes that were.

    With `user` it is for this person's sake. `told` is what people were shown of the lines they
    subscribed to, `seen` what they could see: it counts where nothing else was told since.
    """
    judged = [_judge(line, work) for line in lines if _is_outdated(line, work)]
    changed = write_judgements(connection, judged, work.now)
    tell(connection, told)
    tell(connection, seen, anew=False)
    rows = tuple(line.line for line in lines)
    news = tuple({*changed, *(line for _, line in (*told, *seen))})
    planned = _plan_news(work, connection, news) if news else 0
    return planned + plan_for_lines(work, connection, Lines(rows=rows, user=user))


def known_at(work: Work, line: int, facts: Mapping[str, object], at: datetime) -> Known:
    """What somebody saw of a line at an instant."""
    diagnosis = diagnose(stored_order(line, facts), work.rulebook, at)
    payout = payout_of(diagnosis)
    return Known(standing_of(diagnosis), payout.day if payout else None)


def _plan_news(work: Work, connection: Connection, rows: tuple[int, ...]) -> int:
    due_from = work.now + COALESCED
    hours = work.first_loud(due_from)
    return plan_updates(connection, Lines(rows=rows), day_of(work.now), due_from, hours)


def _is_outdated(line: LineToJudge, work: Work) -> bool:
    return (
        line.judged_batch is None
        # an earlier one, if a later import was taken back
        or line.judged_batch != line.batch
        or line.judged_revision != work.rulebook.revision
        or (line.look_at is not None and line.look_at <= work.now)
    )


def _judge(line: LineToJudge, work: Work) -> Judgement:
    order = stored_order(line.line, line.facts)
    diagnosis = diagnose(order, work.rulebook, work.now)
    return Judgement(
        line=line.line,
        platform=str(order.platform),
        batch=line.batch,
        revision=work.rulebook.revision,
        standing=standing_of(diagnosis),
        payout=payout_of(diagnosis),
        seen_at=line.seen_at,
        look_at=next_change(diagnosis, work.rulebook, work.now),
        before=line,
    )
