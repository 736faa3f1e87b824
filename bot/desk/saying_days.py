"""How people say days (日期说法): "昨天", "上周三", "9月3号", "双11", "last week"."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.desk.days import WEEKEND, Days, Unit

__all__ = ["FoundDays", "find_days"]

_DIGITS = "零一二三四五六七八九"
_N = r"(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})"
_NAMED_DAYS = {
    "今天": 0,
    "今日": 0,
    "今早": 0,
    "今晚": 0,
    "昨天": 1,
    "昨日": 1,
    "昨晚": 1,
    "前天": 2,
    "大前天": 3,
    "today": 0,
    "tonight": 0,
    "the day before yesterday": 2,
    "yesterday": 1,
}
_BACK = {"上上": 2, "上": 1, "这": 0, "本": 0, "last": 1, "this": 0}
_MONTHS = {name.lower(): place for place, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): place for place, name in enumerate(calendar.month_abbr) if name}
_MONTHS |= {"sept": 9}
_WEEKDAYS = {name.lower(): place for place, name in enumerate(calendar.day_name, start=1)}
_CHINESE_WEEKDAYS = {day: place for place, day in enumerate("一二三四五六日", start=1)}
_CHINESE_WEEKDAYS |= {str(day): day for day in range(1, 8)} | {"天": 7, "末": WEEKEND}
_FESTIVALS = {"618": (6, 18), "11": (11, 11), "十一": (11, 11), "12": (12, 12), "十二": (12, 12)}
_YEARS = {"今年": 0, "去年": 1, "前年": 2}
_ALSO_A_VERB = "may"
_UNITS = {"天": 1, "周": 7, "个星期": 7, "个礼拜": 7, "个月": 30, "day": 1, "week": 7, "month": 30}
_MONTH = f"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_WEEKDAY = "|".join(_WEEKDAYS)

Read = Callable[[re.Match[str]], Days | None]


@dataclass(frozen=True, slots=True)
class FoundDays:
    """What a text says of days, and where."""

    days: Days
    start: int
    end: int


def find_days(text: str) -> FoundDays | None:
    """Find the first days a cleaned text names; of those that begin there, the longest."""
    found = [
        FoundDays(days, match.start(), match.end())
        for pattern, read in _PATTERNS
        for match in pattern.finditer(text)
        if (days := read(match)) is not None
    ]
    return min(found, key=lambda each: (each.start, -each.end), default=None)


def _number(written: str | None) -> int | None:
    """Read a number below a hundred, in digits or in Chinese; None if it is none."""
    if not written:
        return None
    if written.isascii():
        return int(written)
    tens, ten, ones = written.replace("两", "二").rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return None
    digit = _DIGITS.index(ones) if ones else 0
    if not ten:
        return digit
    return 10 * (_DIGITS.index(tens) if tens else 1) + digit


def _named_day(found: re.Match[str]) -> Days:
    return Days(Unit.DAY, _NAMED_DAYS[found[0]])


def _days_ago(found: re.Match[str]) -> Days | None:
    count = _number(found["n"])
    if count is None:
        return None
    if _UNITS[found["unit"]] == 30:
        return Days(Unit.MONTH, count)
    return Days(Unit.WEEK if _UNITS[found["unit"]] == 7 else Unit.DAY, count)


def _recent(found: re.Match[str]) -> Days | None:
    count = _number(found["n"])
    return Days(Unit.RECENT, count * _UNITS[found["unit"]]) if count else None


def _few_days(_: re.Match[str]) -> Days:
    return Days(Unit.RECENT, 7)


def _week(found: re.Match[str]) -> Days:
    back = _BACK[found["back"]] if found["back"] else None
    return Days(Unit.WEEK, back, weekday=_CHINESE_WEEKDAYS.get(found.groupdict().get("day") or ""))


def _english_week(found: re.Match[str]) -> Days:
    back = _BACK[found["back"]]
    named = found["day"]
    if named in ("week", "weekend"):
        return Days(Unit.WEEK, back, weekday=WEEKEND if named == "weekend" else None)
    return Days(Unit.WEEK, back, weekday=_WEEKDAYS[named])


def _weekday(found: re.Match[str]) -> Days:
    return Days(Unit.WEEK, weekday=_WEEKDAYS[found["day"]])


def _month(found: re.Match[str]) -> Days:
    return Days(Unit.MONTH, _BACK[found["back"]], day=_number(found["day"]))


def _english_month(found: re.Match[str]) -> Days:
    return Days(Unit.MONTH, _BACK[found["back"]])


def _calendar(found: re.Match[str]) -> Days | None:
    named = found.groupdict()
    month, day = _number(named["month"]), _number(named.get("day"))
    if not month or month > 12 or (day is not None and not _exists(month, day)):
        return None
    year = int(named["year"]) if named.get("year") else None
    back = _YEARS[named["years"]] if named.get("years") else None
    return Days(Unit.MONTH, year=year, years_back=back, month=month, day=day)


def _english_calendar(found: re.Match[str]) -> Days | None:
    month, day = _MONTHS[found["month"]], _number(found["day"])
    alone = day is None and not found["year"]
    if (day is not None and not _exists(month, day)) or (alone and found["month"] == _ALSO_A_VERB):
        return None
    year = int(found["year"]) if found["year"] else None
    return Days(Unit.MONTH, year=year, month=month, day=day)


def _day_of_month(found: re.Match[str]) -> Days | None:
    day = _number(found["day"])
    return Days(Unit.MONTH, day=day) if day and day <= 31 else None


def _year(found: re.Match[str]) -> Days:
    return Days(Unit.YEAR, _YEARS[found[0]])


def _english_year(found: re.Match[str]) -> Days:
    return Days(Unit.YEAR, _BACK[found["back"]])


def _festival(found: re.Match[str]) -> Days:
    month, day = _FESTIVALS[found["name"]]
    back = _YEARS[found["years"]] if found["years"] else None
    return Days(Unit.FESTIVAL, years_back=back, month=month, day=day)


def _exists(month: int, day: int) -> bool:
    """Tell whether a month ever has such a day; a leap year's is one."""
    return 1 <= day <= calendar.monthrange(2024, month)[1]


def _pattern(form: str, read: Read) -> tuple[re.Pattern[str], Read]:
    return re.compile(form), read


_2, _TH, _TWENTY = "[0-9]{1,2}", "st|nd|rd|th", "20[0-9]{2}"
_HEAD, _TAIL = "(?<![a-z0-9])", "(?![a-z0-9])"
_THEN_YEAR = f"(?:,? (?P<year>{_TWENTY}){_TAIL})?"
_DAY = rf"(?P<day>{_N})[号日]"
_YEAR = rf"(?:(?P<year>{_TWENTY})年|(?P<years>今年|去年|前年))?的?"
_LONGEST_FIRST = "|".join(sorted(_NAMED_DAYS, key=len, reverse=True))
_WEEK = "(?:个)?(?:周|星期|礼拜)"
_SALE = "(?P<years>今年|去年|前年)?的?"
_PATTERNS = (
    _pattern(rf"(?<![a-z])(?:{_LONGEST_FIRST})(?![a-z])", _named_day),
    _pattern(rf"(?P<n>{_N})(?P<unit>天|周|个星期|个礼拜|个月)(?:以|之)?前", _days_ago),
    _pattern(rf"{_HEAD}(?P<n>{_2}) (?P<unit>day|week|month)s? ago{_TAIL}", _days_ago),
    _pattern(rf"(?:最近|近|过去)这?(?P<n>{_N})(?P<unit>天|周|个星期|个礼拜|个月)", _recent),
    _pattern(rf"{_HEAD}(?:last|past) (?P<n>{_2}) (?P<unit>day|week|month)s?{_TAIL}", _recent),
    _pattern("[前这]几天|最?近几天", _few_days),
    _pattern(rf"(?P<back>上上|[上这本])?{_WEEK}(?P<day>[一二三四五六日天末1-7])(?!期)", _week),
    _pattern(rf"(?P<back>上上|[上这本]){_WEEK}(?!期)", _week),
    _pattern(
        rf"{_HEAD}(?P<back>last|this) (?P<day>week|weekend|{_WEEKDAY}){_TAIL}", _english_week
    ),
    _pattern(rf"{_HEAD}(?P<day>{_WEEKDAY}){_TAIL}", _weekday),
    _pattern(rf"(?P<back>上上|[上这本])个?月份?(?:{_DAY})?", _month),
    _pattern(rf"{_HEAD}(?P<back>last|this) month{_TAIL}", _english_month),
    _pattern(rf"{_YEAR}(?<![0-9])(?P<month>{_N})月份?(?:{_DAY})?", _calendar),
    _pattern(rf"(?<![0-9])(?P<month>{_N})月(?P<day>{_N})(?![0-9号日个])", _calendar),
    _pattern(
        rf"(?<![0-9])(?P<year>{_TWENTY})([-/.])(?P<month>{_2})\2(?P<day>{_2})(?![0-9])", _calendar
    ),
    _pattern(
        rf"{_HEAD}{_MONTH}(?![a-z])\.?(?: (?P<day>{_2})(?:{_TH})?{_TAIL})?{_THEN_YEAR}",
        _english_calendar,
    ),
    _pattern(
        rf"{_HEAD}(?P<day>{_2})(?:{_TH})? (?:of )?{_MONTH}{_TAIL}{_THEN_YEAR}", _english_calendar
    ),
    _pattern(rf"(?<![0-9月]){_DAY}(?=[的那这下买卖成呢])", _day_of_month),
    _pattern("今年|去年|前年", _year),
    _pattern(rf"{_HEAD}(?P<back>last|this) year{_TAIL}", _english_year),
    _pattern(rf"{_SALE}双(?P<name>十一|十二|11|12)(?![0-9])", _festival),
    _pattern(rf"{_SALE}(?<![0-9.])(?P<name>618)(?![0-9.元块])", _festival),
)
"""Every way of saying days, and how it is read; where two begin together the longer one counts."""
