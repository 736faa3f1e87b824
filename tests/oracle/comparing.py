"""Holding the package against the oracle, order by order."""

from random import Random

from settlement.contract import OrderError, diagnosis_json, read_order
from settlement.diagnosis import diagnose
from settlement.rulebook import Rulebook, shipped_rulebook
from tests.oracle.ledger import Ledger, Raw, fen, ledger, pays_nothing, verdicts
from tests.oracle.orders import NOW, random_order

__all__ = ["first_difference"]


def first_difference(seed: int, count: int) -> str | None:
    """The first order on which the two disagree, for a person to judge; None if there is none."""
    rulebook = shipped_rulebook()
    random = Random(seed)  # noqa: S311 - reproducible, not secret
    for place in range(count):
        raw = random_order(random)
        difference = compare(raw, rulebook)
        if difference:
            return f"seed {seed}, order {place}: {difference}\n{raw}"
    return None


def compare(raw: Raw, rulebook: Rulebook) -> str | None:
    order = read_order(raw)
    if isinstance(order, OrderError):
        return f"refused: {order}"
    found = diagnosis_json(diagnose(order, rulebook, NOW))
    amounts = found["amounts"]
    assert isinstance(amounts, dict)
    if found["state"] in {"unknown_status", "split"}:
        return f"unexpected state {found['state']}"
    expected = ledger(raw, NOW)
    reasons = found["reasons"]
    assert isinstance(reasons, list)
    return (
        lines_add_up(amounts)
        or amounts_agree(amounts, expected)
        or reasons_agree(raw, reasons, expected)
    )


def lines_add_up(amounts: Raw) -> str | None:
    """From the commission to what is left, every fen has a line."""
    if amounts["net"] is None:
        return None
    lines = amounts["lines"]
    if amounts["commission"] is None:
        return None if amounts["net"] == "0.00" else f"net without a commission: {lines}"
    names = [line["code"] for line in lines]
    total = sum(fen(line["amount"]) for line in lines[names.index("commission") : -1])
    if names[-1] == "net" and total == fen(lines[-1]["amount"]) == fen(amounts["net"]):
        return None
    return f"the lines do not add up: {lines}"


def amounts_agree(amounts: Raw, expected: Ledger) -> str | None:
    """Compare what the oracle claims to know; a range is compared by its two ends."""
    for name in ("commission", "returned", "platform_fee", "net"):
        wanted = getattr(expected, name)
        if wanted is None and name != "net":
            continue
        found = None if amounts[name] is None else fen(amounts[name])
        if found != wanted:
            return f"{name}: oracle {wanted}, package {found}"
    low_high = amounts["net_range"]
    found_range = (fen(low_high["low"]), fen(low_high["high"])) if low_high else None
    if found_range != expected.net_range:
        return f"net_range: oracle {expected.net_range}, package {found_range}"
    return None


def reasons_agree(raw: Raw, found: list[str], expected: Ledger) -> str | None:
    """Compare what the amounts give a reason for: verdicts on refunds, and too little to pay."""
    if pays_nothing(raw) or expected.net is None:
        return None
    for verdict in verdicts(raw, NOW):
        reason = f"refund_verdict_{verdict.removesuffix('_effect')}"
        if reason not in found:
            return f"{reason}: is missing among {found}"
    minimum = raw.get("minimum_payout")
    left = expected.returned != expected.commission
    too_little = minimum is not None and left and expected.net < fen(minimum)
    if left and too_little is not ("below_minimum" in found):
        return f"below_minimum: oracle {too_little}, package {found}"
    return None
