"""Calculators of Douyin: penalties, live gifts, fees, permission to sell (抖音).

All figures come from public texts of December 2022; deposits are the merchant's, not a creator's.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from settlement import reading
from settlement.calculator import Calculator, Given, figure, yuan
from settlement.money import ZERO, round_fen, share_to_fen
from settlement.rulebook import Rulebook
from settlement.shanghai import day_of, in_shanghai


class Severity(StrEnum):
    """How bad false advertising is (虚假宣传)."""

    MINOR = "minor"
    ORDINARY = "ordinary"
    SEVERE = "severe"


def shipping_timeout(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """What not shipping in time costs a merchant, per order and per shop and day (发货超时).

    Judged at the deadline and again every 24 hours; shipping at that very instant is in time.
    """
    day = day_of(given["deadline"])
    judgements = _judgements(given, rulebook)
    amount = figure(rulebook, "douyin.timeout_deduction", day)
    wait = timedelta(days=figure(rulebook, "douyin.timeout_deduct_after_days", day))
    costly = judgements[: figure(rulebook, "douyin.timeout_deductions_per_order", day)]
    cap = figure(rulebook, "douyin.timeout_shop_day_cap", day)
    orders = 1 if given["orders_same_day"] is None else given["orders_same_day"]
    return {
        "judgements": [at.isoformat() for at in judgements],
        "deductions": [
            {"on": (day_of(at) + wait).isoformat(), "amount": yuan(amount)} for at in costly
        ],
        "total": yuan(amount * len(costly)),
        "shop_day_total": yuan(min(cap, amount * orders)),
        "product_blocked": len(judgements)
        > figure(rulebook, "douyin.product_block_above_judgements", day),
    }


def _judgements(given: Given, rulebook: Rulebook) -> list[datetime]:
    day = day_of(given["deadline"])
    gap = timedelta(hours=figure(rulebook, "douyin.timeout_recheck_hours", day))
    most = figure(rulebook, "douyin.timeout_judgements", day)
    checks = [given["deadline"] + gap * index for index in range(most)]
    cured_at = given["cured_at"]
    return [at for at in checks if at <= given["now"] and (cured_at is None or cured_at > at)]


def false_shipment(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """What fake, missing, wrong or empty parcels cost a shop in a day (虚假发货)."""
    each = figure(rulebook, "douyin.false_shipment_deduction")
    cap = figure(rulebook, "douyin.false_shipment_shop_day_cap")
    return {"shop_day_total": yuan(min(cap, each * given["violations_same_day"]))}


def false_advertising(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """What false advertising costs; a second minor case counts as ordinary (虚假宣传, AMB-11)."""
    severity = given["severity"]
    if severity is Severity.MINOR and given["first_time"] is None:
        raise reading.Unreadable("缺少这一项；轻微违规要看是不是第一次", "first_time")
    if severity is Severity.SEVERE:
        name = "douyin.false_advertising_severe"
    elif severity is Severity.MINOR and given["first_time"]:
        name = "douyin.false_advertising_minor_first"
    else:
        name = "douyin.false_advertising_ordinary"
    return {"deduction": yuan(figure(rulebook, name))}


def customer_service(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """What unanswered calls cost, or whether a message was answered in time (客服)."""
    calls, message_at = given["unanswered_calls"], given["message_at"]
    if (calls is None) is (message_at is None):
        raise reading.Unreadable("请写 unanswered_calls，或者 message_at 和 replied_at")
    if calls is None:
        return _reply(message_at, given["replied_at"], rulebook)
    free = figure(rulebook, "douyin.unanswered_calls_limit")
    amount = figure(rulebook, "douyin.unanswered_calls_deduction")
    return {"deduction": yuan(amount if calls > free else ZERO)}


def _reply(
    message_at: datetime, replied_at: datetime | None, rulebook: Rulebook
) -> dict[str, object]:
    at = in_shanghai(message_at).time()
    start = figure(rulebook, "douyin.reply_window_start", day_of(message_at))
    end = figure(rulebook, "douyin.reply_window_end", day_of(message_at))
    minutes = figure(rulebook, "douyin.reply_minutes", day_of(message_at))
    in_window = start <= at <= end
    in_time = replied_at is not None and replied_at - message_at <= timedelta(minutes=minutes)
    return {"in_window": in_window, "late": in_window and not in_time}


def live_gift(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """What live gifts bring, and when the money usually arrives (直播打赏).

    The 72 hours run from the withdrawal, if that is unknown from the end of the stream (AMB-17).
    """
    started_at, now = given["started_at"], given["now"]
    day = day_of(started_at)
    per_yuan = figure(rulebook, "douyin.live_coins_per_yuan", day)
    gross = round_fen(Decimal(given["coins"]) / per_yuan)
    creator = share_to_fen(gross, figure(rulebook, "douyin.live_creator_share", day))
    due_at = started_at + timedelta(hours=figure(rulebook, "douyin.live_arrival_hours", day))
    return {
        "gross": yuan(gross),
        "platform": yuan(gross - creator),
        "creator": yuan(creator),
        "due_at": due_at.isoformat(),
        "state": "wait" if now <= due_at else "overdue",
    }


def creator_fee(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """What is left of a creator's commission after the platform's share (达人扣点)."""
    commission = share_to_fen(given["amount"], given["rate"])
    fee = share_to_fen(commission, figure(rulebook, "douyin.creator_fee_rate"))
    return {"commission": yuan(commission), "fee": yuan(fee), "net": yuan(commission - fee)}


def merchant_fee(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """What a merchant keeps after the service fee and a creator's commission (商家扣点)."""
    del rulebook
    fee = share_to_fen(given["amount"], given["fee_rate"])
    sold = given["via_alliance"]
    commission = share_to_fen(given["amount"], given["commission_rate"]) if sold else ZERO
    merchant_net = given["amount"] - fee - commission
    return {"fee": yuan(fee), "commission": yuan(commission), "merchant_net": yuan(merchant_net)}


def selling_permission(given: Given, rulebook: Rulebook) -> dict[str, object]:
    """Whether someone may sell live: real name, public videos, Douyin followers (带货权限)."""
    short = {
        "real_name": int(not given["real_name"]),
        "videos": figure(rulebook, "douyin.selling_videos") - given["videos"],
        "followers": figure(rulebook, "douyin.selling_followers") - given["followers"],
    }
    missing = {name: count for name, count in short.items() if count > 0}
    return {"eligible": not missing, "missing": missing}


CALCULATORS = (
    Calculator(
        "shipping-timeout",
        tuple(f"SDY2-{number:02}" for number in range(2, 13)),
        {
            "deadline": reading.instant,
            "cured_at": reading.instant,
            "now": reading.instant,
            "orders_same_day": reading.count,
        },
        shipping_timeout,
        nullable=frozenset({"cured_at", "orders_same_day"}),
    ),
    Calculator(
        "false-shipment",
        ("SDY3-03", "SDY3-04", "SDY3-06", "SDY3-07"),
        {"violations_same_day": reading.count},
        false_shipment,
    ),
    Calculator(
        "false-advertising",
        ("SDY3-01", "SDY3-02"),
        {"severity": reading.word(Severity), "first_time": reading.boolean},
        false_advertising,
        nullable=frozenset({"first_time"}),
    ),
    Calculator(
        "customer-service",
        ("SDY3-09", "SDY3-10"),
        {
            "unanswered_calls": reading.count,
            "message_at": reading.instant,
            "replied_at": reading.instant,
        },
        customer_service,
        nullable=frozenset({"unanswered_calls", "message_at", "replied_at"}),
    ),
    Calculator(
        "live-gift",
        ("SDY2-13", "SDY2-15", "SDY2-16"),
        {
            "coins": reading.written_count,
            "started_at": reading.instant,
            "now": reading.instant,
        },
        live_gift,
    ),
    Calculator(
        "creator-fee",
        ("SDY3-11", "SDY3-16"),
        {"amount": reading.money, "rate": reading.rate},
        creator_fee,
    ),
    Calculator(
        "merchant-fee",
        ("SDY3-12", "SDY3-13", "SDY3-14"),
        {
            "amount": reading.money,
            "fee_rate": reading.rate,
            "commission_rate": reading.rate,
            "via_alliance": reading.boolean,
        },
        merchant_fee,
    ),
    Calculator(
        "selling-permission",
        ("SDY2-17", "SDY2-18"),
        {"real_name": reading.boolean, "videos": reading.count, "followers": reading.count},
        selling_permission,
    ),
)
