"""How reports write single facts: each style of a kind of cell, by its name in the YAML files."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

__all__ = ["PLAIN", "STYLES", "Cell"]

Cell = str | int | float | datetime | None


def _money(form: str) -> Callable[[Decimal], Cell]:
    return lambda amount: form.format(amount)


def _percent(form: str) -> Callable[[Decimal], Cell]:
    return lambda rate: form.format(rate * 100)


def _time(form: str) -> Callable[[date], Cell]:
    return lambda moment: moment.strftime(form)


def _with_offset(moment: date) -> Cell:
    return moment.isoformat()


def _unclocked(moment: datetime) -> Cell:
    """A workbook's own time, which has no zone."""
    return moment.replace(tzinfo=None)


STYLES: Mapping[str, Mapping[str, Callable[..., Cell]]] = {
    "text": {"plain": str, "tabbed": "{}\t".format, "padded": "\u3000{} \u200b".format},
    "count": {"plain": str, "decimal": "{}.0".format, "typed": int},
    "number": {
        "plain": str,
        "tabbed": "\t{}".format,
        "apostrophe": "'{}".format,
        "formula": '="{}"'.format,
        "padded": " {} ".format,
        "backtick": "`{}".format,
    },
    "fen": {"plain": lambda amount: str(int(amount * 100))},
    "per_mille": {"plain": lambda rate: f"{rate * 1000:f}".rstrip("0").rstrip(".")},
    "seconds": {"plain": lambda moment: str(int(moment.timestamp()))},
    "milliseconds": {"plain": lambda moment: f"{int(moment.timestamp())}000"},
    "money": {
        "plain": _money("{:.2f}"),
        "thousands": _money("{:,.2f}"),
        "yuan": _money("¥{:.2f}"),
        "wide_yuan": _money("￥{:,.2f}"),
        "worded": _money("{:.2f}元"),
        "four_places": _money("{:.4f}"),
        "typed": float,
    },
    "percent": {
        "plain": _percent("{:.2f}%"),
        "short": _percent("{:.1f}%"),
        "wide": _percent("{:.2f}\uff05"),
        "spaced": _percent("{:.2f} %"),
        "bare": _percent("{:.2f}"),
    },
    "time": {
        "dashed": _time("%Y-%m-%d %H:%M:%S"),
        "slashed": _time("%Y/%m/%d %H:%M:%S"),
        "short_slashed": _time("%Y/%-m/%-d %-H:%M:%S"),
        "dotted": _time("%Y.%m.%d %H:%M:%S"),
        "chinese": _time("%Y年%-m月%-d日 %H:%M:%S"),
        "compact": _time("%Y%m%d%H%M%S"),
        "joined": _time("%Y-%m-%dT%H:%M:%S"),
        "offset": _with_offset,
        "milliseconds": _time("%Y-%m-%d %H:%M:%S.000"),
        "serialised": _time("%Y%m%d%H%M%S000+0800"),
        "typed": _unclocked,
    },
    "day": {
        "plain": _time("%Y-%m-%d"),
        "slashed": _time("%Y/%m/%d"),
        "compact": _time("%Y%m%d"),
    },
}
PLAIN: Mapping[str, str] = {**dict.fromkeys(STYLES, "plain"), "time": "dashed"}
"""The style of a kind of cell where neither report nor case says another."""
