"""The statements that plan pushes (计划语句): each kind once, with the values left open.

One plans for thousands of lines and everybody who watches them; nothing is looked at line by line.
"""

from collections.abc import Mapping
from enum import Enum, auto
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal, or_, select

from bot.desk.facts import Scope
from bot.reminders import PushKind
from bot.store.clocks import clock_name
from bot.store.inserting import Insert, Inserting
from bot.store.tables import (
    order_lines,
    outlooks,
    payout_days,
    people,
    pushes,
    subscriptions,
    told,
)
from bot.store.types import Instant
from bot.store.watching import PAYOUT_SCOPES, since, watching

__all__ = ["COLUMNS", "About", "Shape", "into_pushes", "planning"]

COLUMNS = ["user", "kind", "line", "day", "version", "platform", "due_from", "due_at"]


class About(Enum):
    """What a statement plans."""

    DAY = auto()
    CHANGE = auto()
    MOVE = auto()


class Shape(NamedTuple):
    """What makes planning statements different ones; all else is values, named here."""

    about: About
    values: frozenset[str]
    clocks: int
    by_name: bool


@cache
def planning(insert_into: Inserting, shape: Shape) -> Insert:
    """Built once for each shape: building it costs more than planning many lines."""
    columns = (subscriptions.c.user, *_WHAT[shape.about], _not_before(), _due_at(shape.clocks))
    statement = watching(*columns, by_name=shape.by_name, scopes=_SCOPES[shape.about]).join(
        outlooks, outlooks.c.line == order_lines.c.id
    )
    if shape.about is not About.DAY:
        statement = statement.join(
            told, (told.c.line == order_lines.c.id) & (told.c.user == subscriptions.c.user)
        )
    conditions = [_CONDITIONS[name] for name in sorted(shape.values & _CONDITIONS.keys())]
    if "upto" in shape.values:
        conditions += _in_range(order_lines.c.id)
        conditions += _in_range(subscriptions.c.line) if shape.by_name else []
    return into_pushes(insert_into, statement.where(*conditions, *_NEWS[shape.about]))


def _in_range(line: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The range said again: PostgreSQL does not see that what is equal lies in it too."""
    return [line > bindparam("after"), line <= bindparam("upto")]


def into_pushes(insert_into: Inserting, planned: Select[Any]) -> Insert:
    """Keep what is planned; what is there already stays as it is."""
    return insert_into(pushes).from_select(COLUMNS, planned).on_conflict_do_nothing()


_CHANGE_SCOPES = (Scope.ORDER, Scope.EVERYTHING, Scope.CHANGES, Scope.PLATFORM)
_SCOPES = {
    About.DAY: PAYOUT_SCOPES,
    About.CHANGE: _CHANGE_SCOPES,
    About.MOVE: _CHANGE_SCOPES,
}
_day = bindparam("of_day", type_=pushes.c.day.type)
_update = literal(str(PushKind.UPDATE))
_WHAT: Mapping[About, tuple[ColumnElement[Any], ...]] = {
    About.DAY: (
        bindparam("of_kind", type_=pushes.c.kind.type),
        order_lines.c.id,
        _day,
        literal(0),
        bindparam("of_platform", type_=pushes.c.platform.type),
    ),
    About.CHANGE: (_update, order_lines.c.id, _day, outlooks.c.version, outlooks.c.platform),
    About.MOVE: (
        _update,
        order_lines.c.id,
        _day,
        bindparam("of_version", type_=pushes.c.version.type),
        outlooks.c.platform,
    ),
}
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "after": outlooks.c.line > bindparam("after"),
    "upto": outlooks.c.line <= bindparam("upto"),
    "rows": outlooks.c.line.in_(bindparam("rows", expanding=True)),
    "only_user": subscriptions.c.user == bindparam("only_user"),
    "of_cycle": outlooks.c.cycle == bindparam("of_cycle"),
    "told_before": since < bindparam("told_before", type_=Instant()),
    "seen_before": outlooks.c.seen_at < bindparam("seen_before"),
    "of_lead": func.coalesce(people.c.lead_days, 0) == bindparam("of_lead"),
}
_todays = (
    select(payout_days.c.day).where(payout_days.c.cycle == outlooks.c.cycle).scalar_subquery()
)
_NEWS: Mapping[About, tuple[ColumnElement[bool], ...]] = {
    About.DAY: (),
    About.CHANGE: (
        or_(told.c.standing != outlooks.c.standing, told.c.day != _todays),
        # Who only wants payout days hears of changes where a day was named before.
        or_(subscriptions.c.scope != Scope.PLATFORM, told.c.day.is_not(None)),
    ),
    About.MOVE: (told.c.day != _day,),
}
_due_from = bindparam("due_from", type_=Instant())


def _due_at(clocks: int) -> ColumnElement[Any]:
    """When each person may be told first; for other clocks it is found out then."""
    if not clocks:
        return _due_from
    whens = (
        (
            bindparam(f"clock_{place}", type_=people.c.zone.type),
            bindparam(f"due_{place}", type_=Instant()),
        )
        for place in range(clocks)
    )
    return case(*whens, value=clock_name, else_=_due_from)


def _not_before() -> ColumnElement[Any]:
    """Nothing is late that nobody could have told before."""
    first = case((outlooks.c.seen_at > since, outlooks.c.seen_at), else_=since)
    return case((first > _due_from, first), else_=_due_from)
