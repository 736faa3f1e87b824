"""Measuring what passes through (计量): updates on their way to the writer, calls to Telegram."""

import logging
from collections import Counter
from collections.abc import Sequence
from time import monotonic

from bot.desk.spoken import template_of
from bot.intake import Received
from bot.metrics import answer_sent, call_made, row_settled, updates_handled
from bot.store.letters import Kind, State, Verdict
from bot.telegram.gateway import Submit
from bot.telegram.transport import Accepted, Outcome, Refused, Uncertain

__all__ = ["MeasuredSubmit", "measure_call", "measure_verdict"]

logger = logging.getLogger(__name__)


class MeasuredSubmit:
    """Submits updates and notes of what kind they were and how long it took."""

    def __init__(self, submit: Submit) -> None:
        self._submit = submit

    async def submit(self, received: Sequence[Received]) -> None:
        """As `submit` itself; raises what it raises."""
        begun = monotonic()
        committed = False
        try:
            await self._submit(received)
            committed = True
        finally:
            seconds = monotonic() - begun
            updates_handled(Counter(map(_kind, received)), seconds, committed=committed)
            if logger.isEnabledFor(logging.DEBUG):
                _tell(received, seconds, committed=committed)


def _tell(received: Sequence[Received], seconds: float, *, committed: bool) -> None:
    outcome = "committed" if committed else "failed"
    for each in received:
        # What could not even be numbered has a number of our own, as long as an order's.
        update = each.update if each.update > 0 else None
        event = {"update": update, "kind": _kind(each), "outcome": outcome}
        logger.debug("update handled", extra={**event, "ms": round(1000 * seconds)})


def _kind(received: Received) -> str:
    """What an update is, as far as anybody needs to know who counts them."""
    incoming = received.incoming
    if received.problem is not None:
        return "unreadable"
    if incoming is None:
        return "standing" if received.standing is not None else "moved"
    if incoming.button is not None:
        return "button"
    if incoming.inline_query is not None:
        return "inline"
    return "edited" if incoming.edited else "message"


def measure_call(method: str, outcome: Outcome, seconds: float) -> None:
    """Note what became of a call; nothing of what was said in it."""
    match outcome:
        case Accepted():
            result: str | int = "ok"
        case Refused(code):
            result = code
        case Uncertain():
            result = "uncertain"
        case _:
            result = "unreachable"
    call_made(method, result, seconds)
    event = {"method": method, "result": result, "ms": round(1000 * seconds)}
    logger.debug("call answered", extra=event)


def measure_verdict(verdict: Verdict, seconds: float) -> None:
    """Note what became of a row, and of an answer how long it had waited since its commit."""
    row = verdict.row
    row_settled(row.kind, verdict.state)
    if row.kind is Kind.ANSWER and verdict.state is State.SENT:
        answer_sent(template_of(row.reply), seconds)
    event = {"row": row.id, "kind": row.kind.value, "state": verdict.state.value}
    logger.debug("row settled", extra=event)
