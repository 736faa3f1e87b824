"""Measuring what passes through (计量): updates on their way to the writer, calls to Telegram."""

import logging
from collections import Counter
from collections.abc import Sequence
from time import monotonic

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
            updates_handled(Counter(map(kind_of, received)), seconds, committed=committed)
            if logger.isEnabledFor(logging.DEBUG):
                for each in received:
                    logger.debug(
                        "update %d %s: %s in %d ms",
                        each.update,
                        kind_of(each),
                        "committed" if committed else "failed",
                        round(1000 * seconds),
                    )


def kind_of(received: Received) -> str:
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
    logger.debug("call %s: %s in %d ms", method, result, round(1000 * seconds))


def measure_verdict(verdict: Verdict, seconds: float) -> None:
    """Note what became of a row, and of an answer how long it had waited since its commit."""
    row = verdict.row
    row_settled(row.kind, verdict.state)
    if row.kind is Kind.ANSWER and verdict.state is State.SENT:
        answer_sent(getattr(row.reply, "template", ""), seconds)
    logger.debug(
        "outbox row %d %s, update %s: %s", row.id, row.kind, row.update or "-", verdict.state
    )
