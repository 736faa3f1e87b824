"""The diagnosis (诊断结论) of an order line: facts, rules and an instant in, values out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from settlement.buyers import Buyer
from settlement.explanations import Explanation, Word
from settlement.forecast import Dates, forecast
from settlement.model import Order
from settlement.platforms import room_of
from settlement.reason_checks import reasons_of
from settlement.refunds import ServiceFee
from settlement.rulebook import Rulebook
from settlement.situation import Situation
from settlement.state_checks import state_of
from settlement.states import Reason, State
from settlement.timeline import Moment, timeline
from settlement.waterfall import Amounts, waterfall

__all__ = ["Diagnosis", "Reason", "State", "diagnose"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is known about the commission of one order line at one instant."""

    order: Order
    state: State
    reasons: tuple[str, ...]
    """Of `Reason`, or a platform's own code."""
    buyer: Buyer
    amounts: Amounts
    dates: Dates
    payout_account: str | None
    service_fee_verdict: ServiceFee | None
    next_steps: tuple[str, ...]
    evidence: Mapping[str, object] = field(hash=False)
    """The facts of the order it rests on, by name (``raw_status.code``), with their values."""
    timeline: tuple[Moment, ...]
    sources: tuple[str, ...]
    """Ids of the facts behind it, such as S1688-15."""
    rules_revision: str


def diagnose(order: Order, rulebook: Rulebook, now: datetime) -> Diagnosis:
    """Judge one order line by the rules of its day, as it stood at `now`."""
    situation = Situation(order, room_of(order.platform), rulebook, now)
    state = situation.state = state_of(situation)
    amounts = situation.amounts = waterfall(situation, state)
    dates = situation.dates = forecast(situation, state)
    reasons = reasons_of(situation)
    service_fee = _service_fee(situation)
    account = situation.account
    words = tuple(_words(situation, reasons, service_fee))
    explanation = situation.room.explanations.of(words)
    return Diagnosis(
        order=order,
        state=state,
        reasons=reasons,
        buyer=situation.buyer,
        amounts=amounts,
        dates=dates,
        payout_account=account.account if account else None,
        service_fee_verdict=service_fee,
        next_steps=_next_steps(situation, explanation),
        evidence=_evidence(situation, explanation.evidence),
        timeline=timeline(situation),
        sources=_sources(situation, explanation),
        rules_revision=rulebook.revision,
    )


def _service_fee(situation: Situation) -> ServiceFee | None:
    """Return what becomes of the merchant's service fee, by the last refund that has a say."""
    verdicts = [each.ruling.service_fee for each in situation.refunds.judged]
    return next((verdict for verdict in reversed(verdicts) if verdict is not None), None)


def _words(
    situation: Situation, reasons: tuple[str, ...], service_fee: ServiceFee | None
) -> Iterator[Word]:
    """Name every word of the diagnosis that has facts behind it."""
    yield "states", situation.state
    for reason in reasons:
        yield "reasons", reason
    for name in ("visible", "settles", "payout", "closes", "agency_payout"):
        if getattr(situation.dates, name) is not None:
            yield "dates", name
    for line in situation.amounts.lines:
        if line.amount:
            yield "lines", line.code
    if situation.buyer.kind is not None:
        yield "details", "buyer"
    if situation.account is not None:
        yield "details", "payout_account"
    if service_fee is not None:
        yield "details", "service_fee_verdict"


def _next_steps(situation: Situation, explanation: Explanation) -> tuple[str, ...]:
    told = [step for meaning in situation.told.values() for step in meaning.next_steps]
    return (
        tuple(dict.fromkeys([*told, *explanation.next_steps])) if told else explanation.next_steps
    )


def _sources(situation: Situation, explanation: Explanation) -> tuple[str, ...]:
    told = [fact for meaning in situation.told.values() for fact in meaning.facts]
    return tuple(dict.fromkeys([*explanation.facts, *told])) if told else explanation.facts


def _evidence(situation: Situation, names: tuple[str, ...]) -> dict[str, object]:
    """Return the named facts that are known; events later than now have not happened."""
    evidence = {}
    for name in names:
        value = _fact(situation, name)
        if value is not None and value != "":
            evidence[name] = value
    return evidence


def _fact(situation: Situation, name: str) -> object:
    if name.startswith("raw_status."):
        return getattr(situation.raw, name.removeprefix("raw_status."), None)
    if name in HAPPENING:
        return cast(object, getattr(situation, name))
    return cast(object, getattr(situation.order, name))


HAPPENING = frozenset(
    {"paid_at", "received_at", "closed_at", "settled_at", "paid_out_at", "withdrawn_at"}
)
