"""What waited for its creator, once somebody registered them (认领): imported like the rest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Engine

from bot.store.creators import creator_names
from bot.store.importing import CHUNK, Finding, OwnedOrder, ReportImport
from bot.store.transactions import reads, transact
from bot.store.waiting_statements import (
    KeptStatement,
    forget_older,
    forget_waiting,
    waiting_promoters,
    waiting_statements_of,
)
from bot.sync.taking_in import named_owner, spoken_of
from settlement.combining import Rows, Statement
from settlement.creator_names import CreatorNames
from settlement.model import Platform

__all__ = ["claim_named", "claim_owned", "forget_unclaimed"]

_STILL_NOBODYS = frozenset({Finding.OWNERLESS, Finding.SHARED})


def claim_named(engine: Engine, platform: Platform, now: datetime) -> int:
    """Import what waited of promoters who are somebody's by now; returns how many statements."""
    with reads(engine) as connection:
        names = creator_names(connection)
        known = [
            each.promoter
            for each in waiting_promoters(connection, platform)
            if len(names.named(platform, each.hints)) == 1
        ]
    return sum(_claim(engine, platform, promoter, names, now) for promoter in known)


def claim_owned(engine: Engine, platform: Platform, now: datetime) -> int:
    """Import what named nobody and whose line somebody has by now."""
    return _claim(engine, platform, "", CreatorNames({}), now)


def forget_unclaimed(engine: Engine, before: datetime) -> None:
    """Forget what nobody has claimed since long before."""
    transact(engine, partial(forget_older, before=before))


def _claim(
    engine: Engine, platform: Platform, promoter: str, names: CreatorNames, now: datetime
) -> int:
    claimed, after = 0, 0
    while True:
        with reads(engine) as connection:
            kept = waiting_statements_of(connection, platform, promoter, after, CHUNK)
        if not kept:
            return claimed
        claimed += _import(engine, platform, kept, names, now)
        after = kept[-1].id


def _import(
    engine: Engine,
    platform: Platform,
    kept: Sequence[KeptStatement],
    names: CreatorNames,
    now: datetime,
) -> int:
    """Import some; each is forgotten only once it is published."""
    done: list[int] = []
    for method in dict.fromkeys(each.method for each in kept):
        of_method = [each for each in kept if each.method == method]
        name = f"{platform} {method} {of_method[0].id}-{of_method[-1].id}"
        report = ReportImport(engine, name, f"waiting:{name}", now, source=method)
        findings = report.add([_owned(names, each.statement, now) for each in of_method])
        if {Finding.NEW, Finding.CHANGED} & set(findings):
            report.publish(refused=0)
        done.extend(
            each.id
            for each, finding in zip(of_method, findings, strict=True)
            if finding not in _STILL_NOBODYS
        )
    if done:
        transact(engine, partial(_forget, done))
    return len(done)


def _forget(done: Sequence[int], connection: Connection) -> None:
    forget_waiting(connection, done)


def _owned(names: CreatorNames, said: Statement, now: datetime) -> OwnedOrder:
    order = said.order
    if said.rows in (Rows.ADD, Rows.PHASES):
        # It adds to whatever is known by now; its own age must not make it count as outdated.
        order = replace(order, data_as_of=now)
    return OwnedOrder(named_owner(names, said), order, spoken_of(said), said.rows, said.others)
