"""Calculators of 1688 promoters: payout day, kind of buyer, joining (1688分销客)."""

from settlement import reading
from settlement.buyers import judge_buyer
from settlement.calculator import Calculator, Given, figure
from settlement.platforms.alibaba1688.checks import certainty
from settlement.rulebook import Rulebook
from settlement.shanghai import day_in_month, day_of

IDENTITIES = ("real_name", "alipay_real_name")


def payout_date(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """When the commission of an order is paid, by the month it succeeded in (结算日)."""
    succeeded_on = day_of(given["succeeded_at"])
    day = figure(rulebook, "1688.payout_day", succeeded_on)
    offset = figure(rulebook, "1688.payout_month_offset", succeeded_on)
    roll = rulebook.calendar.roll(day_in_month(succeeded_on, offset, day))
    return {
        "nominal": roll.nominal.isoformat(),
        "date": roll.day.isoformat(),
        "certainty": certainty(roll, rulebook.value("1688.payout_day", succeeded_on)).value,
    }


def buyer_kind(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """Whether a buyer is new or old when an order is created (新客、老客)."""
    created_at = given["created_at"]
    days = figure(rulebook, "1688.new_buyer_days", day_of(created_at))
    buyer = judge_buyer(given["first_success_at"], created_at, days)
    return {"buyer": str(buyer.kind), "boundary": buyer.boundary}


def joining(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """Whether someone can join: a real-name member with a real-name Alipay (实名)."""
    del rulebook
    missing = [name for name in IDENTITIES if not given[name]]
    return {"eligible": not missing, "missing": missing}


CALCULATORS = (
    Calculator(
        "payout-date",
        ("S1688-15", "S1688-16"),
        {"succeeded_at": reading.instant},
        payout_date,
    ),
    Calculator(
        "buyer-kind",
        ("S1688-05", "S1688-06"),
        {"first_success_at": reading.instant, "created_at": reading.instant},
        buyer_kind,
        nullable=frozenset({"first_success_at"}),
    ),
    Calculator("joining-1688", ("S1688-03",), dict.fromkeys(IDENTITIES, reading.boolean), joining),
)
