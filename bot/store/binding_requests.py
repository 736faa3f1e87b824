"""Requests to be bound (绑定申请): kept, looked up for the operator, decided once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, literal, or_, select

from bot.desk.effects import RequestBinding, SettleRequest
from bot.desk.facts import BindingRequest, Creator, RequestKey, RequestState
from bot.store.creators import add_creator, creator_named
from bot.store.inserting import insert
from bot.store.people import bind_to
from bot.store.tables import binding_requests, creators, people, promoters
from settlement.reports.layout_files import layouts

__all__ = [
    "RequestOutdatedError",
    "likely_creators",
    "request_binding",
    "request_for_operator",
    "requests_of",
    "settle_request",
    "waiting_requests",
]

_MOST_LIKELY = 3
_MOST_SHOWN = 10
_requests = select(
    binding_requests.c.user,
    binding_requests.c.mark,
    binding_requests.c.platform,
    binding_requests.c.account,
    binding_requests.c.asked_at,
    binding_requests.c.state,
    binding_requests.c.settled_at,
    people.c.chat,
    people.c.name,
    people.c.language,
).join(people, people.c.user == binding_requests.c.user)


class RequestOutdatedError(Exception):
    """A creator of the wanted name was made between reading and writing; ask again."""


def requests_of(
    connection: Connection, users: Collection[int]
) -> dict[int, tuple[BindingRequest, ...]]:
    """The latest requests of these people, the newest first."""
    statement = _requests.where(binding_requests.c.user.in_(users))
    found: dict[int, tuple[BindingRequest, ...]] = {}
    for row in connection.execute(statement.order_by(binding_requests.c.asked_at.desc())):
        earlier = found.get(row.user, ())
        if len(earlier) < _MOST_SHOWN:
            found[row.user] = (*earlier, _read(row))
    return found


def waiting_requests(connection: Connection, count: int) -> list[BindingRequest]:
    """Requests nobody has decided, each with the creators it may mean; the oldest first."""
    asked = _requests.where(binding_requests.c.state == RequestState.ASKED)
    found = connection.execute(asked.order_by(binding_requests.c.asked_at).limit(count))
    return [_read(row, likely_creators(connection, row.platform, row.account)) for row in found]


def request_for_operator(connection: Connection, key: RequestKey) -> BindingRequest | None:
    """One request with the creators it may mean; None if it was never made or is erased."""
    one = and_(binding_requests.c.user == key.user, binding_requests.c.mark == key.mark)
    row = connection.execute(_requests.where(one)).one_or_none()
    if row is None:
        return None
    return _read(row, likely_creators(connection, row.platform, row.account))


def likely_creators(connection: Connection, platform: str, account: str) -> tuple[Creator, ...]:
    """The creators that a person's word for their account may mean, the likeliest first.

    Sure are those whom reports of the platform call so, else the one of exactly that name.
    """
    called = select(promoters.c.creator).where(
        promoters.c.platform == platform, promoters.c.value == account
    )
    alike = or_(
        creators.c.id.in_(called),
        creators.c.name.contains(account, autoescape=True),
        literal(account).contains(creators.c.name),
    )
    found = connection.execute(select(creators.c.id, creators.c.name).where(alike)).all()
    by_report = set(connection.execute(called).scalars())
    likely = [Creator(id_, name, id_ in by_report or name == account) for id_, name in found]
    return tuple(sorted(likely, key=lambda each: (not each.sure, each.id)))[:_MOST_LIKELY]


def request_binding(connection: Connection, wish: RequestBinding, now: datetime) -> None:
    """Keep a request; one that was decided before is open again."""
    statement = insert(connection, binding_requests).values(
        user=wish.key.user,
        mark=wish.key.mark,
        platform=wish.platform,
        account=wish.account,
        asked_at=now,
        state=RequestState.ASKED,
    )
    renewed = {"asked_at": now, "state": RequestState.ASKED, "settled_at": None}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["user", "mark"],
            set_={**renewed, "settled_by": None, "creator": None},
        )
    )


def settle_request(
    connection: Connection, decision: SettleRequest, operator: int, now: datetime
) -> None:
    """Decide on a request that is open, and bind its asker if it is approved.

    Raises RequestOutdatedError if a creator of the account's name has come up meanwhile: it may
    be somebody else's.
    """
    one = and_(
        binding_requests.c.user == decision.key.user,
        binding_requests.c.mark == decision.key.mark,
        binding_requests.c.state == RequestState.ASKED,
    )
    asked = connection.execute(select(binding_requests).where(one)).one_or_none()
    if asked is None:
        return
    creator = _creator_for(connection, asked, decision, now) if decision.approved else None
    state = RequestState.APPROVED if decision.approved else RequestState.REFUSED
    connection.execute(
        binding_requests.update()
        .where(one)
        .values(state=state, settled_at=now, settled_by=operator, creator=creator)
    )
    if creator is not None:
        bind_to(connection, asked.user, creator, now)
        _name_promoters(connection, asked.platform, asked.account, creator)


def _creator_for(
    connection: Connection, asked: Any, decision: SettleRequest, now: datetime
) -> int:
    if decision.creator:
        return decision.creator
    if creator_named(connection, asked.account) is not None:
        raise RequestOutdatedError("a creator of that name was made meanwhile")
    return add_creator(connection, asked.account, now)


def _name_promoters(connection: Connection, platform: str, account: str, creator: int) -> None:
    """Let reports that name the account mean this creator, unless they mean another already."""
    rows = [
        {"platform": platform, "hint": hint, "value": account, "creator": creator}
        for hint in _hints().get(platform, ())
    ]
    if rows:
        connection.execute(insert(connection, promoters).on_conflict_do_nothing(), rows)


@cache
def _hints() -> Mapping[str, Collection[str]]:
    """The kinds of columns by which reports say whose an order is, by platform."""
    found: dict[str, set[str]] = {}
    for layout in layouts():
        hints = _told_by(column.creator for column in layout.columns.values())
        found.setdefault(str(layout.platform), set()).update(hints)
    return found


def _told_by(hints: Iterable[str | None]) -> Iterable[str]:
    # An agency's name would bring the orders of all its creators.
    return (hint for hint in hints if hint and hint != "agency")


def _read(row: Any, candidates: tuple[Creator, ...] = ()) -> BindingRequest:
    return BindingRequest(
        RequestKey(row.user, row.mark),
        row.platform,
        row.account,
        row.asked_at,
        RequestState(row.state),
        row.settled_at,
        row.chat,
        row.name,
        row.language,
        candidates,
    )
