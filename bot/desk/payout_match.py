"""Which orders a payout is made of (到账核对): "到账 812 元，是哪些单？"."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.desk.actions import Verb, fingerprint
from bot.desk.adding_up import choose
from bot.desk.cards import Judged
from bot.desk.commission import day_expected, expected_of, is_due
from bot.desk.days import DayRange
from bot.desk.earnings import LINES
from bot.desk.facts import Dialogue, Wanted
from bot.desk.lists import judge, line_button
from bot.desk.phrases import named_platforms, without_platforms
from bot.desk.replies import Answered, Button, Rows, Say
from bot.desk.saying_days import find_days
from bot.desk.turn import NEW_MESSAGE, Turn
from knowledge.normalise import cleaned
from settlement.model import Platform
from settlement.money import ZERO
from settlement.shanghai import day_of

__all__ = ["answer", "asks", "wanted"]

_ARRIVED = re.compile(
    r"到账|到了|收到|打款|打了|发了|发放|入账|进账|结算了|提现|received|got|paid|payout|arrived"
)
_WHICH = re.compile(r"哪些|哪几|哪个单|哪单|哪笔|什么单|which|what orders|make up|made up")
_MORE_OR_LESS = re.compile(
    r"超过|以上|以下|不到|不满|大于|小于|高于|低于|至少|over|above|below|under|more than|less than"
)
"""A limit is no sum that arrived."""
_AMOUNT = re.compile(
    r"(?<![\d.])(?P<sign>[¥￥$]\s*)?(?P<amount>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,8}(?:\.\d{1,2})?)"
    r"(?![\d.])\s*(?P<unit>元|块|yuan|rmb)?(?!\s*(?:月|日|号|单|笔|天|年|orders))"
)
_MOST_LISTED = 8
_FEN = 100


@dataclass(frozen=True, slots=True)
class _Asked:
    """A sum of money, and what else was said of it."""

    amount: Decimal
    platforms: Collection[str]
    days: DayRange | None


@dataclass(frozen=True, slots=True)
class _Found:
    """Lines that make up the sum; a `platform` and a `day` where they are all of that day's."""

    lines: tuple[Judged, ...]
    several: bool = False
    day: date | None = None
    platform: Platform | None = None


def wanted(text: str) -> Wanted | None:
    """Say what the question needs loaded; None if it is another question."""
    return Wanted(own_lines=LINES) if asks(text) else None


def answer(turn: Turn, text: str) -> Answered | None:
    """Say which of one's own lines make up a sum; None if it is another question."""
    asked = _read(turn, text) if asks(text) else None
    if asked is None:
        return None
    if not turn.bound:
        return turn.answered(turn.unbound())
    lines = _candidates(turn, asked)
    try:
        found = _search(lines, asked)
    except OverflowError:
        return turn.answered(_said(turn, asked, "too_many", len(lines)))
    if found is None:
        return turn.answered(_said(turn, asked, "none", len(lines), buttons=_ways_on(turn)))
    return _shown(turn, asked, found)


def asks(text: str) -> bool:
    """Tell whether a text asks which orders a sum is made of."""
    said = cleaned(text)
    asked = _WHICH.search(said) and _ARRIVED.search(said) and not _MORE_OR_LESS.search(said)
    return bool(asked) and _amount(said) is not None


def _read(turn: Turn, text: str) -> _Asked | None:
    said = cleaned(text)
    amount, days = _amount(said), find_days(said)
    if amount is None:
        return None
    return _Asked(
        amount, named_platforms(said), days.days.range(day_of(turn.now)) if days else None
    )


def _amount(said: str) -> Decimal | None:
    """Read the sum: the number with a unit of money, else the only one there is."""
    days = find_days(said)
    rest = f"{said[: days.start]} {said[days.end :]}" if days else said
    found = list(_AMOUNT.finditer(without_platforms(rest)))
    with_unit = [each for each in found if each["unit"] or each["sign"]]
    chosen = with_unit[:1] or (found if len(found) == 1 else [])
    amount = Decimal(chosen[0]["amount"].replace(",", "")) if chosen else ZERO
    return amount if amount > ZERO else None


def _candidates(turn: Turn, asked: _Asked) -> list[Judged]:
    """The lines whose money may have arrived, of the platform and the days that were named."""
    return [
        each
        for each in judge(turn, turn.facts.own_lines)
        if is_due(each, turn.now)
        and each.net is not None
        and each.net > ZERO
        and (not asked.platforms or each.order.platform in asked.platforms)
        and (asked.days is None or _within(each, asked.days))
    ]


def _within(judged: Judged, days: DayRange) -> bool:
    expected = expected_of(judged.diagnosis)
    return expected is not None and days.first <= day_expected(expected) <= days.last


def _search(lines: Sequence[Judged], asked: _Asked) -> _Found | None:
    """Look for a whole payout day first, then for a choice on one platform, then on all."""
    for platform, day, group in _payout_days(lines):
        if sum((each.net or ZERO for each in group), ZERO) == asked.amount:
            return _Found(tuple(group), day=day, platform=platform)
    platforms = dict.fromkeys(each.order.platform for each in lines)
    for platform in platforms:
        own = [each for each in lines if each.order.platform == platform]
        if found := _chosen(own, asked.amount):
            return found
    return _chosen(lines, asked.amount) if len(platforms) > 1 else None


def _payout_days(lines: Sequence[Judged]) -> Iterator[tuple[Platform, date, list[Judged]]]:
    groups: dict[tuple[Platform, date], list[Judged]] = {}
    for each in lines:
        expected = expected_of(each.diagnosis)
        if expected is not None:
            key = (each.order.platform, day_expected(expected))
            groups.setdefault(key, []).append(each)
    for (platform, day), group in groups.items():
        yield platform, day, group


def _chosen(lines: Sequence[Judged], amount: Decimal) -> _Found | None:
    fen = [int((each.net or ZERO) * _FEN) for each in lines]
    choice = choose(fen, int(amount * _FEN))
    if choice is None:
        return None
    return _Found(tuple(lines[place] for place in choice.places), choice.several)


def _shown(turn: Turn, asked: _Asked, found: _Found) -> Answered:
    """Show the lines as a list through which its buttons page."""
    rows = tuple(each.row for each in found.lines)
    mark = fingerprint(*rows)
    origin = f"{Verb.LISTED_ORDERS}{mark}.0"
    buttons: list[tuple[Button, ...]] = [
        (line_button(turn.keys, each, origin),) for each in found.lines[:_MOST_LISTED]
    ]
    if len(found.lines) > _MOST_LISTED:
        every = turn.button("all_of_them", Verb.LISTED_ORDERS, f"{mark}.0", count=len(rows))
        buttons.append((every,))
    code = "whole_day" if found.day else "several" if found.several else "one"
    said = _said(turn, asked, code, len(rows), found, tuple(buttons))
    return turn.answered(said, dialogue=Dialogue(topic=turn.facts.dialogue.topic, rows=rows))


def _ways_on(turn: Turn) -> Rows:
    """Offer what one looks at next when a sum remains unexplained."""
    ways = (
        turn.button("commission", Verb.COMMISSION, "", NEW_MESSAGE),
        turn.button("person", Verb.PERSON),
    )
    return (ways,)


def _said(
    turn: Turn,
    asked: _Asked,
    code: str,
    count: int,
    found: _Found | None = None,
    buttons: Rows = (),
) -> Say:
    day = found.day if found else None
    platform = found.platform if found else None
    return turn.say(
        "payout_match",
        buttons,
        code=code,
        amount=asked.amount,
        count=count,
        day=turn.voice.day(day) if day else None,
        platform=turn.voice.word("platforms", platform) if platform else None,
        latest_only=len(turn.facts.own_lines) == LINES,
    )
