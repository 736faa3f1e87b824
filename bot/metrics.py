"""What a process counts of itself (指标), for Prometheus; any room may add to it.

Each process counts for itself, and sums are made over replicas. What stands in the database is
not counted here but looked up when somebody asks (`bot.health.figures`). Values of labels come
from the code, never from outside.
"""

from collections.abc import Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

__all__ = [
    "REGISTRY",
    "answer_sent",
    "call_made",
    "counted",
    "row_settled",
    "rows_imported",
    "updates_handled",
]

_ANSWER_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)
"""With the bound of 300 ms that 99 answers of 100 are to keep."""
_CALL_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0)

# Nothing asks when a figure began, and it would be a third of them.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_updates = Counter(
    "mingzhang_updates",
    "Updates handed to the writer, by what they are and what became of them.",
    ("kind", "outcome"),
    registry=REGISTRY,
)
_handling = Histogram(
    "mingzhang_handling_seconds",
    "From an update's arrival to the commit of its effects.",
    buckets=_ANSWER_SECONDS,
    registry=REGISTRY,
)
_answers = Counter(
    "mingzhang_answers",
    "Messages that answered, by what they answered with.",
    ("outcome",),
    registry=REGISTRY,
)
_sending = Histogram(
    "mingzhang_sending_seconds",
    "From the commit of an answer to Telegram's word that it was sent.",
    buckets=_ANSWER_SECONDS,
    registry=REGISTRY,
)
_settled = Counter(
    "mingzhang_outbox_settled",
    "Attempts to send a row of the outbox, by its kind and the state it was left in.",
    ("kind", "state"),
    registry=REGISTRY,
)
_calls = Counter(
    "mingzhang_telegram_calls",
    "Calls of the Bot API, by method and result: ok, an error code, unreachable, uncertain.",
    ("method", "result"),
    registry=REGISTRY,
)
_call_seconds = Histogram(
    "mingzhang_telegram_call_seconds",
    "How long the Bot API took to answer; long polls are left out.",
    buckets=_CALL_SECONDS,
    registry=REGISTRY,
)
_rows = Counter(
    "mingzhang_import_rows",
    "Order lines of published imports, by what was found: new, changed, unchanged, refused.",
    ("finding",),
    registry=REGISTRY,
)

_OUTCOMES = {
    "answer": "answer",
    "choices": "choices",
    "clarify": "clarify",
    "topics": "menu",
    "unknown": "unknown",
    "list": "order",
    "not_found": "order",
}
_LONG_POLL = "getUpdates"
_KNOWN_CODES = frozenset({400, 401, 403, 404, 409, 413, 429})


def updates_handled(kinds: dict[str, int], seconds: float, *, committed: bool) -> None:
    """Some updates that were handed in together: how many of each kind, and how long it took."""
    outcome = "committed" if committed else "failed"
    for kind, count in kinds.items():
        _updates.labels(kind, outcome).inc(count)
    if committed:
        for _ in range(sum(kinds.values())):
            _handling.observe(seconds)


def answer_sent(template: str, seconds: float) -> None:
    """An answer reached Telegram: the template it was made from, and how long it waited."""
    is_order = template.startswith("state/")
    _answers.labels("order" if is_order else _OUTCOMES.get(template, "other")).inc()
    _sending.observe(max(seconds, 0.0))


def row_settled(kind: str, state: str) -> None:
    """What became of an attempt to send a row of the outbox."""
    _settled.labels(kind, state).inc()


def call_made(method: str, result: str | int, seconds: float) -> None:
    """A call of the Bot API: "ok", "unreachable", "uncertain" or the code it was refused with."""
    if isinstance(result, int):
        result = str(result) if result in _KNOWN_CODES else "other"
    _calls.labels(method, result).inc()
    if method != _LONG_POLL:
        _call_seconds.observe(seconds)


def counted() -> dict[str, int]:
    """How many answers went out by outcome, and pushes by what became of them, since the start.

    Their names are "answer:choices", "push:sent" and the like.
    """
    found = {f"answer:{labels['outcome']}": count for labels, count in _totals(_answers)}
    pushes = ((labels, count) for labels, count in _totals(_settled) if labels["kind"] == "push")
    return found | {f"push:{labels['state']}": count for labels, count in pushes}


def _totals(counter: Counter) -> Iterator[tuple[dict[str, str], int]]:
    for metric in counter.collect():
        for sample in metric.samples:
            if sample.name.endswith("_total"):
                yield sample.labels, int(sample.value)


def rows_imported(counts: dict[str, int]) -> None:
    """What became of the lines of one published import."""
    for finding, count in counts.items():
        _rows.labels(finding).inc(count)
