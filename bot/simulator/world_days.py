"""Days of the sample world, told from the day on which it is looked at."""

import re
from datetime import date, datetime, time, timedelta

from settlement.shanghai import SHANGHAI, day_in_month

__all__ = ["moment"]

_WORDS = re.compile(
    r"(?:(?P<today>today)|(?P<ago>[0-9]+) days? ago|in (?P<ahead>[0-9]+) days"
    r"|month (?P<month>-[0-9]+) day (?P<day>[0-9]+))(?: (?P<clock>[0-9]{2}:[0-9]{2}))?"
)
_NOON = time(12)
_JUST_AFTER_MIDNIGHT = time(0, 5)


def moment(words: str, today: date, earlier: int = 0) -> datetime:
    """Read words such as ``3 days ago 20:15``; `earlier` moves a day that is not today back.

    Raises:
        ValueError: for other words; the text says which.
    """
    match = _WORDS.fullmatch(words)
    if match is None:
        message = f"world.yaml: {words!r} is no day; write 3 days ago, in 9 days or month -1 day 5"
        raise ValueError(message)
    part = match.groupdict()
    if part["today"]:
        return datetime.combine(today, _JUST_AFTER_MIDNIGHT, SHANGHAI)
    if part["month"]:
        day = day_in_month(today, int(part["month"]), int(part["day"]))
    else:
        day = today + timedelta(days=int(part["ahead"] or 0) - int(part["ago"] or 0))
    clock = time.fromisoformat(part["clock"]) if part["clock"] else _NOON
    return datetime.combine(day - timedelta(days=earlier), clock, SHANGHAI)
