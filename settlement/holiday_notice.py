"""The State Council's notice of a year's holidays (部分节假日安排的通知), read from its text.

Nothing is guessed: a sentence that cannot be understood is a doubt that keeps the notice from
being used, and so is whatever contradicts the calendar or the notice itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from settlement.notice_wording import Item, Sentence, compact, items_of, read_sentence

__all__ = ["SEVEN", "Doubt", "Holiday", "Notice", "read_notice"]

SEVEN = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
"""The holidays every notice sets."""
YEARS = (re.compile(r"关于(20\d{2})年部分节假日"), re.compile(r"现将(20\d{2})年"))
NUMBER = re.compile(r"国办发(?:明电)?[\u3014\[(]\d{4}[\u3015\])]\d{1,3}号")
SIGNED = re.compile(r"国务院办公厅(\d{4})年(\d{1,2})月(\d{1,2})日")
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a notice that is wrong, or that a person should look at."""

    code: str
    """Its words belong to whoever shows it."""
    said: str = ""
    """The words, days or names it is about."""
    blocks: bool = True
    """Whether the notice cannot be used with it."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """One item of a notice, such as 国庆节、中秋节."""

    names: tuple[str, ...]
    off: tuple[date, ...]
    work: tuple[date, ...]
    """Make-up working days (调休上班日)."""

    @property
    def name(self) -> str:
        """Its names as the notice has them."""
        return "、".join(self.names)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says; `year` is None if it does not say of which year it is."""

    year: int | None
    number: str | None
    """Its number as a document (发文字号)."""
    issued: date | None
    holidays: tuple[Holiday, ...]
    doubts: tuple[Doubt, ...]
    """What could not be understood in it; what is checked beside it is in `notice_checks`."""

    @property
    def off(self) -> frozenset[date]:
        """Every day off, those at weekends included."""
        return frozenset(day for holiday in self.holidays for day in holiday.off)

    @property
    def work(self) -> frozenset[date]:
        """Every make-up working day."""
        return frozenset(day for holiday in self.holidays for day in holiday.work)

    @property
    def title(self) -> str:
        """How the notice is cited as a source."""
        beside = [self.number, f"{self.issued}" if self.issued else None]
        cited = "，".join(each for each in beside if each)
        title = f"国务院办公厅关于{self.year}年部分节假日安排的通知"
        return f"{title}（{cited}）" if cited else title


def read_notice(text: str) -> Notice:
    """Read the pasted text of a notice; what is wrong with it is in its doubts."""
    if len(text) > LONGEST_TEXT:
        return Notice(None, None, None, (), (Doubt("too_long"),))
    whole = compact(text)
    doubts: list[Doubt] = []
    year = _year(whole, doubts)
    items = list(items_of(whole))
    if not items:
        doubts.append(Doubt("no_items"))
    holidays = tuple(_holiday(item, year, doubts) for item in items) if year else ()
    number = NUMBER.search(whole)
    return Notice(year, number[0] if number else None, _issued(whole), holidays, tuple(doubts))


def _year(whole: str, doubts: list[Doubt]) -> int | None:
    said = {int(found[1]) for pattern in YEARS for found in pattern.finditer(whole)}
    if len(said) == 1:
        return said.pop()
    years = "、".join(str(year) for year in sorted(said))
    doubts.append(Doubt("several_years", years) if said else Doubt("no_year"))
    return None


def _issued(whole: str) -> date | None:
    found = list(SIGNED.finditer(whole))
    if not found:
        return None
    try:
        return date(*(int(part) for part in found[-1].groups()))
    except ValueError:
        return None


def _holiday(item: Item, year: int, doubts: list[Doubt]) -> Holiday:
    """Read an item; `doubts` receives what is wrong in it."""
    sentences = list(_sentences(item, year, doubts))
    for sentence in sentences:
        if sentence.counted is not None and sentence.counted != len(sentence.off):
            said = f"{'、'.join(item.names)}：共{sentence.counted}天，列出{len(sentence.off)}天"
            doubts.append(Doubt("wrong_count", said))
        for wrong in sentence.wrong:
            doubts.append(Doubt("wrong_weekday", f"{wrong.day}（{wrong.said}）"))
    off = tuple(day for sentence in sentences for day in sentence.off)
    if not off:
        doubts.append(Doubt("no_day_off", "、".join(item.names)))
    return Holiday(item.names, off, tuple(day for each in sentences for day in each.work))


def _sentences(item: Item, year: int, doubts: list[Doubt]) -> Iterator[Sentence]:
    for words in item.sentences:
        try:
            sentence = read_sentence(words, year)
        except ValueError:
            doubts.append(Doubt("no_such_day", words))
            continue
        if sentence is None:
            doubts.append(Doubt("not_understood", words))
        else:
            yield sentence
