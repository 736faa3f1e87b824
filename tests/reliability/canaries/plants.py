"""Planting each mistake in the loaded program; only in a process that ends with it."""

import asyncio
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy import Connection, Engine, event, func, select, true

import bot.planner.releasing
import bot.reminders
import bot.store.claiming
import bot.store.database
import bot.store.importing
import bot.store.lines
import bot.store.updates
import bot.telegram.gateway
import bot.telegram.policy
import bot.telegram.webhook
import bot.telegram.webhook_gateway
import settlement.money
import settlement.reports.cells
from bot.desk import rendering
from bot.reminders import Planned, Push, QuietHours, Recipient, deciding
from bot.store.letters import Outgoing, State, Verdict
from bot.store.pace import Pace, Spent
from bot.store.tables import bindings, order_facts, order_lines, processed_updates
from bot.telegram.transport import Refused

__all__ = ["PLANTS"]


def mark_sent_before_sending() -> None:
    claiming: Any = bot.store.claiming
    claiming._take = claiming._take.values(state=State.SENT)


def drop_what_is_late() -> None:
    decide = deciding.decide

    def in_time(recipient: Recipient, planned: Sequence[Planned], *more: Any) -> tuple[Push, ...]:
        now, hour = more[-1], timedelta(hours=1)
        quiet, zone = recipient.quiet, recipient.zone
        timely = [p for p in planned if now - quiet.first_loud(p.due_from, zone) <= hour]
        return decide(recipient, timely, *more)

    for module in (bot.reminders, bot.planner.releasing, deciding):
        vars(module)["decide"] = in_time


def fixed_offset() -> None:
    def silent_at(self: QuietHours, instant: datetime, zone: ZoneInfo) -> bool:
        january = datetime(2026, 1, 1, tzinfo=zone).utcoffset()
        return self.silent(instant.astimezone(timezone(january or timedelta())).time())

    vars(bot.reminders)["QuietHours"].silent_at = silent_at


def high_water_mark() -> None:
    mark_handled = bot.store.updates.mark_handled

    def above(connection: Connection, of: int, updates: Sequence[int], now: datetime) -> set[int]:
        seen = select(func.max(processed_updates.c.update)).where(processed_updates.c.bot == of)
        highest = connection.execute(seen).scalar() or 0
        return mark_handled(connection, of, [each for each in updates if each > highest], now)

    vars(bot.store.updates)["mark_handled"] = above


def no_owner_check() -> None:
    lines: Any = bot.store.lines
    facts = (order_facts.c.line == order_lines.c.id) & (
        order_facts.c.batch == lines.published_batch
    )
    of_anybody = (
        select(*lines.owned_lines.selected_columns)
        .select_from(order_lines)
        .join(bindings, true())
        .join(order_facts, facts)
    )
    lines._find = of_anybody.where(order_lines.c.id.in_(lines._matching)).distinct()


def autocommit_import() -> None:
    def transact(engine: Engine, work: Callable[[Connection], Any]) -> Any:
        def commit(connection: Connection, *_: Any) -> None:
            raw: Any = connection.connection.driver_connection
            raw.execute("COMMIT")
            raw.execute("BEGIN IMMEDIATE")

        with engine.begin() as connection:
            event.listen(connection, "after_cursor_execute", commit)
            return work(connection)

    vars(bot.store.importing)["transact"] = transact


def deferred_transaction() -> None:
    vars(bot.store.database)["_begin_sqlite"] = lambda connection: connection.exec_driver_sql(
        "BEGIN"
    )


def unescaped_field() -> None:
    vars(rendering)["escape"] = Markup


def float_money() -> None:
    vars(settlement.money)["round_fen"] = lambda amount: Decimal(str(round(float(amount), 2)))


def any_digits() -> None:
    cells = vars(settlement.reports.cells)
    for name, pattern in list(cells.items()):
        if isinstance(pattern, re.Pattern):
            cells[name] = re.compile(pattern.pattern.replace("0-9", r"\d"), pattern.flags)


def drop_pending_updates() -> None:
    for gateway in (bot.telegram.gateway.Polling, bot.telegram.webhook_gateway.WebhookGateway):
        _let_drop(gateway)


def _let_drop(gateway: Any) -> None:
    create = gateway.__init__

    def starting(self: Any, api: Any, *more: Any) -> None:
        async def dropping(method: str, arguments: Mapping[str, Any]) -> Any:
            return await api.call(method, {**arguments, "drop_pending_updates": True})

        create(self, SimpleNamespace(call=dropping), *more)

    gateway.__init__ = starting


def no_limiter() -> None:
    def after(self: Pace, rested_at: datetime | None, now: datetime) -> Spent:
        return Spent(now, now)

    vars(bot.store.pace)["Pace"].after = after


def confirm_before_commit() -> None:
    async def handled(self: Any, body: bytes) -> bool:
        if received := self._read(body):
            self.under_way = asyncio.ensure_future(self._submit([received]))
        return True

    for each in vars(bot.telegram.webhook).values():
        if isinstance(each, type) and hasattr(each, "_handled"):
            vars(bot.telegram.webhook)[each.__name__]._handled = handled


def ignore_429() -> None:
    refused = bot.telegram.policy._refused

    def given_up(row: Outgoing, outcome: Refused, now: datetime) -> Verdict:
        if outcome.code == 429:
            return Verdict(row, State.FAILED, now, "429")
        return refused(row, outcome, now)

    vars(bot.telegram.policy)["_refused"] = given_up


def secret_by_prefix() -> None:
    def begins(given: bytes, secret: bytes) -> bool:
        return secret.startswith(given) if given else hmac.compare_digest(given, secret)

    vars(bot.telegram.webhook)["hmac"] = SimpleNamespace(compare_digest=begins)


def key_without_month() -> None:
    vars(bot.reminders)["Payout"].cycle = property(lambda self: str(self.platform))


def tell_who_stopped() -> None:
    vars(bot.planner.releasing)["_is_wanted"] = lambda *_: True


PLANTS: Mapping[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (
        mark_sent_before_sending,
        drop_what_is_late,
        fixed_offset,
        high_water_mark,
        no_owner_check,
        autocommit_import,
        deferred_transaction,
        unescaped_field,
        float_money,
        any_digits,
        drop_pending_updates,
        no_limiter,
        confirm_before_commit,
        ignore_429,
        secret_by_prefix,
        key_without_month,
        tell_who_stopped,
    )
}
"""By their names in planted.yaml."""
