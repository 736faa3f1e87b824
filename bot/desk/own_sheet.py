"""One's own order lines as a table (订单表格)."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache

from bot.desk.cards import Judged
from bot.desk.commission import coming_of, day_expected, expected_of
from bot.desk.pictures import Sheet
from bot.desk.reasons import state_word
from bot.desk.rendering import Voice, presentable
from settlement.reckoning import paid_of

__all__ = ["FILE_NAME", "sheet_of"]

FILE_NAME = "mingzhang-orders-{:%Y-%m-%d}.xlsx"
_COLUMNS = {
    "platform": 10,
    "number": 24,
    "sub_number": 24,
    "item": 32,
    "shop": 20,
    "ordered": 18,
    "received": 18,
    "paid": 12,
    "commission": 12,
    "net": 12,
    "state": 18,
    "day": 14,
    "certainty": 12,
    "as_of": 18,
}
_AMOUNTS = ("paid", "commission", "net")


def sheet_of(voice: Voice, judged: Iterable[Judged], now: datetime) -> Sheet:
    """Put lines into a table, in the reader's words; what is not known stays empty."""
    columns = tuple(_COLUMNS)
    # The same few words stand in every row.
    word = cache(voice.text)
    return Sheet(
        title=voice.text("sheet", "title"),
        columns=tuple(voice.text("sheet", name) for name in columns),
        amounts=tuple(columns.index(name) for name in _AMOUNTS),
        rows=tuple(_row(word, voice.zone, each, now) for each in judged),
        widths=tuple(_COLUMNS.values()),
    )


def _row(
    word: Callable[[str, str], str], zone: tzinfo, judged: Judged, now: datetime
) -> tuple[str, ...]:
    order, diagnosis = judged.order, judged.diagnosis
    forecast = expected_of(diagnosis) if coming_of(judged, now) else None
    cells = {
        "platform": word("platforms_in_short", order.platform),
        "number": order.order_number,
        "sub_number": order.sub_order_number,
        "item": order.item,
        "shop": order.shop,
        "ordered": _written(zone, order.created_at),
        "received": _written(zone, order.received_at),
        "paid": _plain(paid_of(order)),
        "commission": _plain(diagnosis.amounts.commission),
        "net": _plain(judged.net),
        "state": word(*state_word(diagnosis)),
        "day": _written(zone, day_expected(forecast)) if forecast else None,
        "certainty": word("certainty", forecast.certainty) if forecast else None,
        "as_of": _written(zone, judged.as_of),
    }
    return tuple(presentable(cell) if cell else "" for cell in cells.values())


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _written(zone: tzinfo, at: date | None) -> str | None:
    """Write a day or an instant so that a spreadsheet sorts it: in digits, the year first."""
    if isinstance(at, datetime):
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
    return None if at is None else f"{at:%Y-%m-%d}"
