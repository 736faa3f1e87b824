"""Figures as people type them (填写的数字): amounts, percentages, counts, months, days, yes or no.

Each becomes what the calculators read, or None if it is not what was asked for.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from bot.desk.saying_days import find_days
from knowledge.normalise import cleaned

__all__ = ["NEVER", "read_figure"]

NEVER = "never"
_AMOUNT = re.compile(r"(?:[¥￥]|rmb|cny)?(\d{1,12}(?:\.\d{1,2})?)(?:元|块|块钱|yuan|rmb)?")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)(?:%|percent)")
_BARE_PERCENT = re.compile(r"[1-9]\d?(?:\.\d{1,4})?|100")
_COUNT = re.compile(r"(\d{1,9}(?:\.\d{1,4})?)(万|w|千|k)?(?:个|条|人|粉|粉丝|单|次|币|抖币|音浪)?")
_TIMES = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000, None: 1}
_SAID = {
    **dict.fromkeys(("是", "有", "对", "是的", "有的", "yes", "y", "yeah"), True),
    **dict.fromkeys(("否", "不是", "没有", "没", "不", "no", "n"), False),
}
_NEVER_SAID = frozenset({"没有", "没", "从没", "从来没有", "没买过", "never", "no", "none", NEVER})


def read_figure(kind: str, text: str, today: date) -> object | None:
    """Read a figure of a kind; `today` is Shanghai's day, for "上个月" and the like."""
    return _READERS[kind](unicodedata.normalize("NFKC", text).strip().lower(), today)


def _close(text: str) -> str:
    """Leave out what people put between digits."""
    return re.sub(r"[\s,，]+", "", text)


def _money(text: str, _: date) -> str | None:
    found = _AMOUNT.fullmatch(_close(text))
    return found[1] if found else None


def _percent(text: str, _: date) -> str | None:
    """A share; a number below one without a sign could mean either, so it is none."""
    text = _close(text)
    found = _PERCENT.fullmatch(text.removeprefix("百分之") + "%" * text.startswith("百分之"))
    written = found[1] if found else text if _BARE_PERCENT.fullmatch(text) else None
    share = Decimal(written) / 100 if written else None
    return f"{share.normalize():f}" if share is not None and share <= 1 else None


def _count(text: str, _: date) -> int | None:
    found = _COUNT.fullmatch(_close(text))
    count = Decimal(found[1]) * _TIMES[found[2]] if found else None
    return int(count) if count is not None and count == int(count) else None


def _month(text: str, today: date) -> str | None:
    """The last day of a month: all its days are paid alike."""
    found = _days(text, today)
    first = found[0].replace(day=1) if found else None
    if first is None or found is None or found[1].replace(day=1) != first:
        return None
    return ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).isoformat()


def _day(text: str, today: date) -> str | None:
    found = _days(text, today)
    return found[0].isoformat() if found and found[0] == found[1] else None


def _day_or_never(text: str, today: date) -> str | None:
    return NEVER if text in _NEVER_SAID else _day(text, today)


def _days(text: str, today: date) -> tuple[date, date] | None:
    said = cleaned(text)
    if month := re.fullmatch(r"(\d{4})(?:[-/.](\d{1,2})|(\d{2}))", said):
        said = f"{month[1]}年{int(month[2] or month[3])}月"
    found = find_days(said)
    if found is None or found.end - found.start < len(said):
        return None
    days = found.days.range(today)
    return (days.first, days.last) if days else None


def _yes_no(text: str, _: date) -> bool | None:
    return _SAID.get(text)


_READERS: Mapping[str, Callable[[str, date], object | None]] = {
    "money": _money,
    "percent": _percent,
    "count": _count,
    "month": _month,
    "day": _day,
    "day_or_never": _day_or_never,
    "yes_no": _yes_no,
}
