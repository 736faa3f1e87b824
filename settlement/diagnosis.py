"""The diagnosis (诊断结论) of an order line: facts, rules and an instant in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from settlement.buyers import Buyer
from settlement.explanations import Place, Said
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

DATES = ("visible", "settles", "payout", "closes", "agency_payout")


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
    explanation = situation.room.explanations.of(_said(situation, reasons, service_fee))
    return Diagnosis(
        order=order,
        state=state,
        reasons=reasons,
        buyer=situation.buyer,
        amounts=amounts,
        dates=dates,
        payout_account=account.account if account else None,
        service_fee_verdict=service_fee,
        next_steps=explanation.next_steps,
        evidence=_evidence(situation, explanation.evidence),
        timeline=timeline(situation),
        sources=explanation.facts,
        rules_revision=rulebook.revision,
    )


def _service_fee(situation: Situation) -> ServiceFee | None:
    """Return what becomes of the merchant's service fee, by the last refund that has a say."""
    for each in reversed(situation.refunds.judged):
        if each.ruling.service_fee is not None:
            return each.ruling.service_fee
    return None


def _said(situation: Situation, reasons: tuple[str, ...], service_fee: ServiceFee | None) -> Said:
    """Collect every word of the diagnosis that has facts behind it."""
    dates, details = situation.dates, []
    if situation.buyer.kind is not None:
        details.append("buyer")
    if situation.account is not None:
        details.append("payout_account")
    if service_fee is not None:
        details.append("service_fee_verdict")
    return (
        situation.told.codes,
        (situation.state,),
        reasons,
        tuple([name for name in DATES if getattr(dates, name) is not None]),
        tuple([line.code for line in situation.amounts.lines if line.amount]),
        tuple(details),
    )


def _evidence(situation: Situation, evidence: tuple[Place, ...]) -> dict[str, object]:
    """Return the facts used that are known; events later than now have not happened."""
    holders = {"raw_status": situation.raw, "situation": situation, "order": situation.order}
    facts: dict[str, object] = {}
    for place in evidence:
        value: object = getattr(holders[place.holder], place.attribute, None)
        # Comparing a Decimal with a text is slow, so an empty text is told by its kind.
        if value or (value is not None and not isinstance(value, str)):
            facts[place.name] = value
    return facts
