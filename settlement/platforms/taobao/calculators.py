"""Calculator of Taobao and Tmall: what a refund does to commission and service fee (退款)."""

from settlement import reading
from settlement.calculator import Calculator, Given
from settlement.model import Cause, Channel, RefundStage, SettlementMode
from settlement.platforms.taobao.verdicts import service_fee_of, verdict_of
from settlement.refunds import Protection
from settlement.rulebook import Rulebook


def refund_verdict(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """Whether a refund takes the creator's commission, by the decision table."""
    del rulebook
    verdict = verdict_of(
        given["channel"],
        given["settlement_mode"],
        given["stage"],
        given["cause"],
        given["protection"] or Protection.UNKNOWN,
    )
    service_fee = service_fee_of(given["stage"], given["cause"])
    return {"verdict": verdict.value, "service_fee": service_fee.value}


READERS: dict[str, reading.Reader] = {
    "channel": reading.word(Channel),
    "settlement_mode": reading.word(SettlementMode),
    "stage": reading.word(RefundStage),
    "cause": reading.word(Cause),
    "protection": reading.word(Protection),
}
CALCULATORS = (
    Calculator(
        "refund-verdict",
        (
            *("STM-01", "STM-05", "STM-06", "STM-07", "STM-08", "STM-09", "STM-12", "STM-13"),
            *("STM-16", "STM-17", "STM-18", "STM-19"),
        ),
        READERS,
        refund_verdict,
        nullable=frozenset(READERS),
    ),
)
