"""Writing down how watched lines stand (佣金近况): once for everybody, with their payout days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, literal, select

from bot.desk.facts import Scope
from bot.reminders import Payout, Standing
from bot.store.inserting import Insert, Inserting, insert, insert_for
from bot.store.outlooks import LineToJudge
from bot.store.tables import (
    import_batches,
    order_lines,
    outlooks,
    payout_days,
    pushes,
    subscriptions,
    told,
)
from bot.store.watching import watching

__all__ = ["Judgement", "forget_judgements", "write_judgements"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a line stands now, by which facts and rules, and when to look again."""

    line: int
    platform: str
    batch: int
    revision: str
    standing: Standing
    payout: Payout | None
    seen_at: datetime
    look_at: datetime | None
    before: LineToJudge


_RENEWED = [column.name for column in outlooks.c if column is not outlooks.c.line]
_days = select(payout_days.c.cycle, payout_days.c.day).where(
    payout_days.c.cycle.in_(bindparam("cycles", expanding=True))
)
# What a later import said no longer stays said when it was taken back.
_was_taken_back = (
    select(import_batches.c.id)
    .where(import_batches.c.id == outlooks.c.batch, import_batches.c.withdrawn_at.is_not(None))
    .exists()
)


def write_judgements(
    connection: Connection, judgements: Sequence[Judgement], now: datetime
) -> list[int]:
    """Keep how lines stand now; gives the lines that changed.

    Whoever watches a line that changes is noted to know how it stood before.
    """
    days = _known_days(connection, judgements)
    placed = [_placed(connection, each, days) for each in judgements]
    changed = [each.line for each in placed if _has_changed(each)]
    _note_what_was_known(connection, changed)
    if rows := [_row(each, each.line in changed, now) for each in placed]:
        connection.execute(_write(insert_for(connection)), rows)
    return changed


@cache
def _write(insert_into: Inserting) -> Insert:
    """Built once: building it anew costs as much as carrying it out."""
    statement = insert_into(outlooks)
    return statement.on_conflict_do_update(
        index_elements=["line"],
        set_={name: statement.excluded[name] for name in _RENEWED},
        # what a later import said stays said
        where=(outlooks.c.batch <= statement.excluded.batch) | _was_taken_back,
    )


def _has_changed(judgement: Judgement) -> bool:
    before = judgement.before
    if before.standing is None:
        return False
    cycle = judgement.payout.cycle if judgement.payout else None
    return before.cycle != cycle or Standing.read(before.standing).differs(judgement.standing)


def forget_judgements(connection: Connection, lines: Collection[int]) -> None:
    """Drop how lines stand that nobody sees any more, and what is planned for them.

    What people knew of them is noted: should a line come back otherwise, they hear of it.
    """
    _note_what_was_known(connection, lines)
    connection.execute(outlooks.delete().where(outlooks.c.line.in_(list(lines))))
    untold = pushes.c.line.in_(list(lines)) & pushes.c.released_at.is_(None)
    connection.execute(pushes.delete().where(untold))


def _row(judgement: Judgement, changed: bool, now: datetime) -> dict[str, Any]:
    return {
        "line": judgement.line,
        "version": (judgement.before.version or 0) + changed,
        "batch": judgement.batch,
        "revision": judgement.revision,
        "platform": judgement.platform,
        "cycle": judgement.payout.cycle if judgement.payout else None,
        "standing": judgement.standing.document(),
        "seen_at": judgement.seen_at,
        "changed_at": now,
        "look_at": judgement.look_at,
    }


def _known_days(connection: Connection, judgements: Sequence[Judgement]) -> dict[str, date]:
    """The payout days that have rows, by their cycles, of those that lines may be given."""
    payouts = [each.payout for each in judgements if each.payout]
    cycles = {cycle for each in payouts for cycle in (each.cycle, each.apart().cycle)}
    found = connection.execute(_days, {"cycles": list(cycles)}) if cycles else ()
    return {cycle: day for cycle, day in found}


def _placed(connection: Connection, judgement: Judgement, days: dict[str, date]) -> Judgement:
    """Give the line's payout day its row; a day other than its month's is the line's own."""
    payout = judgement.payout
    if payout is None:
        return judgement
    _write_day(connection, payout, judgement.revision, days)
    if days[payout.cycle] == payout.day:
        return judgement
    apart = payout.apart()
    _write_day(connection, apart, judgement.revision, days)
    return replace(judgement, payout=apart)


def _write_day(
    connection: Connection, payout: Payout, revision: str, days: dict[str, date]
) -> None:
    if payout.cycle in days:
        return
    connection.execute(
        insert(connection, payout_days)
        .values(cycle=payout.cycle, version=1, revision=revision, **payout._asdict())
        .on_conflict_do_nothing()
    )
    days[payout.cycle] = payout.day


def _note_what_was_known(connection: Connection, changed: Collection[int]) -> None:
    if not changed:
        return
    for by_name in (True, False):
        statement = _watchers_that_know(by_name).where(
            order_lines.c.id.in_(list(changed)), subscriptions.c.taken_up_at.is_not(None)
        )
        connection.execute(
            insert(connection, told)
            .from_select(["line", "user", "standing"], statement)
            .on_conflict_do_nothing()
        )


def _watchers_that_know(by_name: bool) -> Select[Any]:
    columns: tuple[ColumnElement[Any], ...] = (
        order_lines.c.id,
        subscriptions.c.user,
        outlooks.c.standing,
    )
    scopes = (Scope.ORDER, Scope.EVERYTHING, Scope.CHANGES)
    return (
        watching(*columns, by_name=by_name, scopes=scopes, everybody=True)
        .join(outlooks, outlooks.c.line == order_lines.c.id)
        .where(literal(value=True))
        .distinct()
    )
