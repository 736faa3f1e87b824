"""The wording of the State Council's holiday notices (放假安排通知): items, sentences, days."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Item", "Sentence", "WrongWeekday", "compact", "items_of", "read_sentence"]

ITEM = re.compile(r"[一二三四五六七八九十]{1,2}、([^:。、]{2,12}(?:、[^:。、]{2,12})*):")
DAY = r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:\([^()]*\))?"
PARTS = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?")
SPANS = rf"{DAY}(?:至{DAY})?(?:、{DAY}(?:至{DAY})?)*"
OFF = re.compile(rf"({SPANS})(?:放假调休|放假|调休|补休)(?:(?:共)?(\d{{1,2}})天)?")
WORK = re.compile(rf"({SPANS})(?:照常|正常)?上班")
COUNT = re.compile(r"共(\d{1,2})天")
SAID_BESIDE = frozenset({"与周末连休", "与周六连休", "与周日连休", "不调休"})
ADVICE = ("鼓励", "节假日期间", "根据", "按照")
"""How sentences begin that set no day, whatever days they mention."""
TELLING = re.compile(r"\d日|放假|上班|补休|调休")
COMMA = re.compile(r",(?![^()]*\))")
WEEKDAY = re.compile(r"(?:星期|周|礼拜)([一二三四五六日天])")
WEEKDAYS = {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Item:
    """One numbered item of a notice: the holidays it is about, and its sentences."""

    names: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrongWeekday:
    """A day with a weekday beside it that is not its own."""

    day: date
    said: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one sentence sets: days off, days worked, and how many days off it counts itself."""

    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()
    counted: int | None = None
    wrong: tuple[WrongWeekday, ...] = ()


def compact(text: str) -> str:
    """A pasted text as one line: no blanks, half-width digits and brackets."""
    return re.sub(r"\s+", "", INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


def items_of(compacted: str) -> Iterator[Item]:
    """The numbered items of a compacted notice, in their order."""
    heads = list(ITEM.finditer(compacted))
    starts = [*(head.start() for head in heads[1:]), len(compacted)]
    for head, end in zip(heads, starts, strict=False):
        body = compacted[head.end() : end]
        # what follows the last full stop is the signature, or the next item's neighbour
        sentences = body.split("。")[:-1] if "。" in body else [body]
        yield Item(tuple(head[1].split("、")), tuple(sentences))


def read_sentence(sentence: str, year: int) -> Sentence | None:
    """What a sentence of the notice for a year sets; None if it cannot be understood.

    Raises ValueError if it names a day that does not exist.
    """
    if sentence.startswith(ADVICE) or not TELLING.search(sentence):
        return Sentence()
    off: list[date] = []
    work: list[date] = []
    counted: int | None = None
    wrong: list[WrongWeekday] = []
    for clause in COMMA.split(sentence):
        if clause in SAID_BESIDE:
            continue
        if found := COUNT.fullmatch(clause):
            counted = int(found[1])
        elif found := OFF.fullmatch(clause):
            off += _days(found[1], year, wrong)
            counted = int(found[2]) if found[2] else counted
        elif found := WORK.fullmatch(clause):
            work += _days(found[1], year, wrong)
        else:
            return None
    return Sentence(tuple(off), tuple(work), counted, tuple(wrong))


def _days(spans: str, year: int, wrong: list[WrongWeekday]) -> Iterator[date]:
    """Every day of a list such as 4月4日至6日、8日; what is not said again goes on."""
    last: date | None = None
    for found in PARTS.finditer(spans):
        to = spans[: found.start()].endswith("至")
        day = _day(found, year, last, to)
        said = WEEKDAY.search(found[4] or "")
        if said and WEEKDAYS[said[1]] != day.weekday():
            wrong.append(WrongWeekday(day, said[0]))
        yield from _between(last, day) if to and last else (day,)
        last = day


def _day(found: re.Match[str], year: int, last: date | None, to: bool) -> date:
    # A day without any month is one of month 0, which no year has.
    number = int(found[2] or (last.month if last else 0))
    if found[1]:
        year = int(found[1])
    elif last and (to or not found[2]):
        year = last.year + (number < last.month)
    return date(year, number, int(found[3]))


def _between(first: date, last: date) -> Iterator[date]:
    """The days after the first, up to the last; raises ValueError for a span no holiday has."""
    if not first < last <= first + LONGEST:
        raise ValueError(f"{first}至{last}")
    for index in range(1, (last - first).days + 1):
        yield first + timedelta(days=index)
