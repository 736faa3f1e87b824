"""A ready text for the platform's service (申诉文案), with the facts of one line."""

from datetime import date, datetime
from decimal import Decimal

from markupsafe import Markup

from bot.desk.cards import Judged, title_of
from bot.desk.markup import plain, units
from bot.desk.rendering import Voice
from settlement.shanghai import day_of

__all__ = ["LONGEST_COPY", "appeal_lines"]

LONGEST_COPY = 256
"""Telegram's limit for a text that a button copies."""
_PARTS = ("greeting", "order", "item", "events", "amounts", "status", "due", "request")
_SPARE = ("item", "events", "amounts", "due", "status")
"""Lines that may be left out where there is no room, the first one first."""
_LONGEST_STATUS = 20


def appeal_lines(judged: Judged, now: datetime) -> tuple[str, ...]:
    """Return the text line by line; all lines together fit a button that copies.

    It is simplified Chinese whatever the reader speaks: the platforms' services read that.
    """
    voice, facts = Voice("zh", now), _facts(judged)
    said = {part: plain(voice.html("appeal_text", part=part, **facts)) for part in _PARTS}
    lines = {part: line for part, line in said.items() if line}
    for part in _SPARE:
        if _length(lines) > LONGEST_COPY:
            lines.pop(part, None)
    return tuple(lines.values())


def _facts(judged: Judged) -> dict[str, object]:
    """What is known of the line; what is not is not said."""
    order, diagnosis = judged.order, judged.diagnosis
    raw, forecast = order.raw_status, diagnosis.dates.payout or diagnosis.dates.settles
    said = (raw.text or raw.code or "") if raw else ""
    return {
        "platform": Voice("zh").word("platforms", order.platform),
        "number": order.order_number,
        "title": title_of(order),
        "created": _written(order.created_at),
        "received": _written(order.received_at),
        "paid": _amount(order.paid_amount),
        "commission": _amount(diagnosis.amounts.commission),
        "net": _amount(judged.net),
        "said": said[:_LONGEST_STATUS],
        "due": _written(forecast.day if forecast else None),
        "state": diagnosis.state,
    }


def _written(day: date | None) -> Markup | None:
    if day is None:
        return None
    return Markup.escape(f"{day_of(day) if isinstance(day, datetime) else day:%Y-%m-%d}")


def _amount(amount: Decimal | None) -> Markup | None:
    return Markup.escape(f"{amount:.2f}") if amount else None


def _length(lines: dict[str, str]) -> int:
    return units("\n".join(lines.values()))
