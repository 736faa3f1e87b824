"""What was entered into a calculator and what came out, as people write it (算出来的数)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from bot.desk.rendering import Voice

__all__ = ["shown_figure", "shown_result"]

_MONEY = re.compile(r"\d+\.\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT.+")


def shown_figure(voice: Voice, field: str, kind: str | Sequence[str], value: object) -> object:
    """Write a figure that was entered."""
    if kind == "money":
        return voice.yuan(Decimal(str(value)))
    if kind == "percent":
        return f"{(Decimal(str(value)) * 100).normalize():f}%"
    if kind == "count":
        return f"{value:,}"
    if kind == "month":
        return voice.month(date.fromisoformat(str(value)))
    if kind == "yes_no":
        return voice.word("choices", "yes" if value else "no")
    if isinstance(kind, str) and _DAY.fullmatch(str(value)):
        return voice.day(date.fromisoformat(str(value)))
    return voice.word("choices", f"{field}_{value}")


def shown_result(voice: Voice, result: Mapping[str, object]) -> dict[str, object]:
    """Write amounts, days and instants of a result; words stay for the templates to say."""
    return {name: _shown(voice, value) for name, value in result.items()}


def _shown(voice: Voice, value: object) -> object:
    if not isinstance(value, str):
        return value
    if _MONEY.fullmatch(value):
        return voice.yuan(Decimal(value))
    if _DAY.fullmatch(value):
        return voice.day(date.fromisoformat(value))
    if _INSTANT.fullmatch(value):
        return voice.moment(datetime.fromisoformat(value))
    return value
