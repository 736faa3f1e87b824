"""How watched lines stand (佣金近况): judged once for everybody, told to each person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
)

from bot.desk.facts import Scope
from bot.reminders import Payout, Standing
from bot.store.inserting import insert
from bot.store.lines import published_batch
from bot.store.tables import (
    bindings,
    import_batches,
    order_facts,
    order_lines,
    outlooks,
    payout_days,
    subscriptions,
    told,
)
from bot.store.types import Id
from bot.store.watching import is_watched, watching

__all__ = [
    "Judgement",
    "LineToJudge",
    "facts_before",
    "lines_judged_before",
    "lines_of_batch",
    "lines_of_binding",
    "lines_of_person",
    "lines_of_subscriptions",
    "lines_to_look_at",
    "write_judgements",
]

_earlier = order_facts.alias("earlier")
_first_seen = (
    select(func.min(_earlier.c.recorded_at))
    .where(_earlier.c.line == order_lines.c.id)
    .scalar_subquery()
)
_to_judge = (
    select(
        order_lines.c.id,
        order_facts.c.batch,
        order_facts.c.facts,
        _first_seen,
        outlooks.c.version,
        outlooks.c.batch,
        outlooks.c.revision,
        outlooks.c.standing,
        outlooks.c.cycle,
        outlooks.c.look_at,
    )
    .select_from(order_lines)
    .join(
        order_facts,
        (order_facts.c.line == order_lines.c.id) & (order_facts.c.batch == published_batch),
    )
    .outerjoin(outlooks, outlooks.c.line == order_lines.c.id)
    .order_by(order_lines.c.id)
    .limit(bindparam("count"))
)
_after = order_lines.c.id > bindparam("after")
_of_batch = _to_judge.where(
    _after,
    order_lines.c.id.in_(
        select(order_facts.c.line).where(order_facts.c.batch == bindparam("source"))
    ),
    is_watched(),
)
_of_rows = _to_judge.where(order_lines.c.id.in_(bindparam("rows", expanding=True)))
_old_rules = (
    select(outlooks.c.line)
    .where(
        (outlooks.c.revision < bindparam("revision"))
        | (outlooks.c.revision > bindparam("revision"))
    )
    .limit(bindparam("count"))
)
_looked_at = (
    select(outlooks.c.line)
    .where(outlooks.c.look_at <= bindparam("now"))
    .order_by(outlooks.c.look_at)
    .limit(bindparam("count"))
)


_owned = (
    select(order_lines.c.id)
    .join(bindings, bindings.c.creator == order_lines.c.creator)
    .where(bindings.c.ended_at.is_(None), _after)
    .order_by(order_lines.c.id)
    .limit(bindparam("count"))
)
_by_user = bindings.c.user == bindparam("user")
_by_binding = bindings.c.id == bindparam("binding")
_watch_widely = exists().where(
    subscriptions.c.user == bindings.c.user,
    subscriptions.c.line.is_(None),
    subscriptions.c.ended_at.is_(None),
)


class LineToJudge(NamedTuple):
    """A line's facts, and how it was judged last: nothing of that before the first time."""

    line: int
    batch: int
    facts: Mapping[str, Any]
    seen_at: datetime
    version: int | None
    judged_batch: int | None
    judged_revision: str | None
    standing: Mapping[str, Any] | None
    cycle: str | None
    look_at: datetime | None


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


def lines_of_batch(
    connection: Connection, batch: int, after: int, count: int
) -> list[LineToJudge]:
    """The next lines of an import that somebody watches."""
    values = {"source": batch, "after": after, "count": count}
    return [LineToJudge._make(row) for row in connection.execute(_of_batch, values)]


def lines_of_person(connection: Connection, user: int, after: int, count: int) -> list[int]:
    """The next of all lines a person owns."""
    values = {"user": user, "after": after, "count": count}
    return list(connection.execute(_owned.where(_by_user), values).scalars())


def lines_of_binding(connection: Connection, binding: int, after: int, count: int) -> list[int]:
    """The next lines a person owns by a binding; none if they watch no lines in general."""
    values = {"binding": binding, "after": after, "count": count}
    return list(connection.execute(_owned.where(_by_binding, _watch_widely), values).scalars())


def lines_to_look_at(
    connection: Connection, revision: str, now: datetime, count: int
) -> list[int]:
    """Lines that time may have changed, or that other rules were applied to."""
    by_time = connection.execute(_looked_at, {"now": now, "count": count}).scalars()
    by_rule = connection.execute(_old_rules, {"revision": revision, "count": count}).scalars()
    return sorted({*by_time, *by_rule})[:count]


def lines_judged_before(connection: Connection, rows: Collection[int]) -> list[LineToJudge]:
    """These lines, with what is known of them."""
    found = connection.execute(_of_rows, {"rows": list(rows), "count": len(rows)})
    return [LineToJudge._make(row) for row in found]


def _facts_then(line: ColumnElement[int], seen: ColumnElement[int]) -> ColumnElement[bool]:
    """That facts are what was published of a line when `seen` was the latest import."""
    latest = (
        select(func.max(_earlier.c.batch))
        .join(import_batches, import_batches.c.id == _earlier.c.batch)
        .where(
            _earlier.c.line == line,
            import_batches.c.published_at.is_not(None),
            or_(seen.is_(None), _earlier.c.batch <= seen),
        )
        .scalar_subquery()
    )
    return (order_facts.c.line == line) & (order_facts.c.batch == latest)


_at_subscription = (
    select(
        subscriptions.c.user,
        subscriptions.c.line,
        order_facts.c.facts,
        subscriptions.c.created_at,
    )
    .select_from(subscriptions)
    .join(order_facts, _facts_then(subscriptions.c.line, subscriptions.c.seen_batch))
    .where(subscriptions.c.id.in_(bindparam("ids", expanding=True)))
)
_before = (
    select(order_facts.c.line, order_facts.c.facts)
    .select_from(order_lines)
    .join(order_facts, _facts_then(order_lines.c.id, bindparam("seen", type_=Id)))
    .where(
        order_lines.c.id.in_(bindparam("rows", expanding=True)),
        published_batch > bindparam("seen", type_=Id),
    )
)


def lines_of_subscriptions(
    connection: Connection, ids: Collection[int]
) -> list[tuple[int, int, Mapping[str, Any], datetime]]:
    """User, line, the facts the person saw when subscribing to it, and when that was."""
    found = connection.execute(_at_subscription, {"ids": list(ids)})
    return [(user, line, facts, at) for user, line, facts, at in found]


def facts_before(
    connection: Connection, rows: Collection[int], seen: int | None
) -> dict[int, Mapping[str, Any]]:
    """What was known of those of these lines that a later import than `seen` has changed."""
    found = connection.execute(_before, {"rows": list(rows), "seen": seen or 0})
    return {line: facts for line, facts in found}


def write_judgements(
    connection: Connection, judgements: Sequence[Judgement], now: datetime
) -> tuple[list[int], set[str]]:
    """Keep how lines stand now; gives the lines that changed, and the cycles of all.

    Whoever watches a line that changes is noted to know how it stood before.
    """
    placed = [_placed(connection, each) for each in judgements]
    changed = [each.line for each in placed if _has_changed(each)]
    _note_what_was_known(connection, changed)
    rows = [_row(each, each.line in changed, now) for each in placed]
    if rows:
        statement = insert(connection, outlooks)
        renewed = {name: statement.excluded[name] for name in rows[0] if name != "line"}
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["line"],
                set_=renewed,
                # what a later import said stays said
                where=outlooks.c.batch <= statement.excluded.batch,
            ),
            rows,
        )
    return changed, {each.payout.cycle for each in placed if each.payout}


def _has_changed(judgement: Judgement) -> bool:
    before = judgement.before
    if before.standing is None:
        return False
    cycle = judgement.payout.cycle if judgement.payout else None
    return before.cycle != cycle or Standing.read(before.standing).differs(judgement.standing)


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


def _placed(connection: Connection, judgement: Judgement) -> Judgement:
    """Give the line's payout day its row; a day other than its month's is the line's own."""
    payout = judgement.payout
    if payout is None:
        return judgement
    if _day_of(connection, payout, judgement.revision) == payout.day:
        return judgement
    apart = payout.apart()
    _day_of(connection, apart, judgement.revision)
    return replace(judgement, payout=apart)


def _day_of(connection: Connection, payout: Payout, revision: str) -> date:
    found = select(payout_days.c.day).where(payout_days.c.cycle == payout.cycle)
    day: date | None = connection.execute(found).scalar()
    if day is not None:
        return day
    connection.execute(
        insert(connection, payout_days)
        .values(cycle=payout.cycle, version=1, revision=revision, **payout._asdict())
        .on_conflict_do_nothing()
    )
    return payout.day


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
