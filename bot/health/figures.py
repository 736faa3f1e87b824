"""The figures of the store as metrics (存量指标): looked up when asked for, then kept a while.

All replicas tell the same, so take their maximum, not their sum.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from sqlalchemy import Engine

from bot.desk.snapshot import Snapshot
from bot.health.asking import Shared
from bot.health.condition import Condition
from bot.metrics import REGISTRY
from bot.store.gauges import Gauges, read_gauges
from bot.store.transactions import reads

__all__ = ["Figures"]

FRESH_SECONDS = 10.0
PATIENCE_SECONDS = 5.0


class Figures:
    """Makes the whole of /metrics; what the database does not tell in time is left out."""

    def __init__(
        self,
        engine: Engine,
        condition: Callable[[], Condition],
        current: Callable[[], Snapshot],
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._condition = condition
        self._current = current
        self._now = now
        self._gauges = Shared(self._look, fresh=FRESH_SECONDS, patience=PATIENCE_SECONDS)

    async def exposition(self) -> bytes:
        """All figures, in Prometheus' text format."""
        try:
            gauges: Gauges | None = await self._gauges()
        except Exception:
            gauges = None  # mingzhang_database_up tells of it
        registry = CollectorRegistry()
        registry.register(_Collected([*self._of_process(), *self._of_store(gauges)]))
        return generate_latest(REGISTRY) + generate_latest(registry)

    def _look(self) -> Gauges:
        with reads(self._engine) as connection:
            return read_gauges(connection)

    def _of_process(self) -> Iterator[Metric]:
        condition, snapshot = self._condition(), self._current()
        yield _gauge("gateway_open", "1 while updates can come in.", int(condition.open))
        yield _gauge(
            "gateway_heard_seconds",
            "How long ago Telegram last answered or brought something.",
            condition.heard,
        )
        yield _gauge(
            "writer_busy_seconds",
            "How long what the writer is doing has lasted.",
            condition.writing,
        )
        revision = GaugeMetricFamily(
            "mingzhang_revision", "Always 1; the revision in force.", labels=("revision",)
        )
        revision.add_metric([snapshot.revision], 1)
        yield revision

    def _of_store(self, gauges: Gauges | None) -> Iterator[Metric]:
        yield _gauge("database_up", "1 if the database has answered.", int(gauges is not None))
        if gauges is not None:
            yield from _store_metrics(gauges, self._now())


class _Collected:
    """Metrics made beforehand."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        return iter(self._metrics)


def _store_metrics(gauges: Gauges, now: datetime) -> Iterator[Metric]:
    def age(name: str, said: str, since: datetime | None) -> Metric:
        waited = 0.0 if since is None else max((now - since).total_seconds(), 0.0)
        return _gauge(name, said, waited)

    outbox = GaugeMetricFamily(
        "mingzhang_outbox_rows", "Rows that are not done.", labels=("kind", "state")
    )
    for (state, kind), count in sorted(gauges.outbox.items()):
        outbox.add_metric([kind, state], count)
    yield outbox
    yield age("outbox_answer_wait_seconds", "How long the oldest answer waits.", gauges.due_answer)
    yield age("outbox_push_wait_seconds", "How long the oldest push waits.", gauges.due_letter)
    yield age(
        "planner_lag_seconds", "How long the oldest push is due and not planned.", gauges.due_push
    )
    yield _gauge("quarantined_updates", "Updates set aside.", gauges.quarantined)
    yield _gauge("unanswered_questions", "Questions left open.", gauges.unanswered)
    yield _gauge("handoffs_open", "Open conversations with staff.", gauges.handoffs)
    yield age("handoff_wait_seconds", "How long the oldest waits.", gauges.untaken_since)
    yield _gauge("cases_open", "Payouts said to be missing.", gauges.cases)
    yield age("case_wait_seconds", "How long the oldest is open.", gauges.case_since)
    yield from _instants(gauges)
    yield from _sync_metrics(gauges, now)


def _instants(gauges: Gauges) -> Iterator[Metric]:
    for name, said, instant in (
        ("last_import", "the last import was published", gauges.imported_at),
        ("last_publication", "answers and rules were last published", gauges.published_at),
    ):
        if instant is not None:
            yield _gauge(f"{name}_timestamp_seconds", f"When {said}.", instant.timestamp())


def _sync_metrics(gauges: Gauges, now: datetime) -> Iterator[Metric]:
    lag = GaugeMetricFamily(
        "mingzhang_sync_lag_seconds",
        "How far the interface furthest behind is behind.",
        labels=("platform",),
    )
    trouble = GaugeMetricFamily(
        "mingzhang_sync_troubled", "Interfaces that give no answer.", labels=("platform",)
    )
    for platform, each in sorted(gauges.sync.items()):
        if each.covered_until is not None:
            lag.add_metric([platform], max((now - each.covered_until).total_seconds(), 0.0))
        trouble.add_metric([platform], each.troubled)
    yield from (lag, trouble)


def _gauge(name: str, said: str, value: float | None) -> Metric:
    family: Any = GaugeMetricFamily(f"mingzhang_{name}", said)
    if value is not None:
        family.add_metric([], value)
    metric: Metric = family
    return metric
