"""For every template and every short word something hostile to say with it (敌意字段)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk import details
from bot.desk.appeals import appeal_lines
from bot.desk.cards import Judged, card, money_in_words
from bot.desk.commission import Share, commission_of
from bot.desk.commission_words import pictured, said
from bot.desk.markup import LONGEST_CAPTION
from bot.desk.own_sheet import sheet_of
from bot.desk.pushes import render_push
from bot.desk.reasons import state_word
from bot.desk.rendering import Voice, quoted
from bot.desk.snapshot import Snapshot
from bot.reminders import (
    AnsweredQuestion,
    DueLine,
    Outlook,
    Planned,
    Push,
    PushKind,
    QuietHours,
    Recipient,
    Standing,
)
from settlement.states import State
from tests.desk.hostile_operators import of_operators
from tests.desk.sendable import check_html, check_reply

__all__ = ["Fields", "play", "said_in_words", "told"]

ZONE = ZoneInfo("Asia/Shanghai")
_QUIET = QuietHours(time(21), time(9))
_BEFORE = Standing(State.WAIT_CYCLE, Decimal("12.40"), settled=False)
_NO, _YES = (False, True)
Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands in the fields of one example: texts, lines of orders, an amount."""

    texts: tuple[str, ...]
    lines: tuple[Judged, ...]
    amount: Decimal
    at: datetime

    @property
    def day(self) -> date:
        return self.at.date()


def play(voice: Voice, snapshot: Snapshot, fields: Fields) -> None:
    """Say all that the desk itself makes of orders: cards and their pages, sums, pushes."""
    for state, line in zip(State, cycle(fields.lines), strict=False):
        shown = replace(line, diagnosis=replace(line.diagnosis, state=state))
        card(voice, shown, "reminder")
        money_in_words(voice, shown.diagnosis)
        voice.text(*state_word(shown.diagnosis))
    first = fields.lines[0]
    details.amounts(voice, first)
    details.timeline(voice, first)
    details.sources(voice, snapshot, first, fields.at)
    appeal_lines(first, fields.at)
    found = commission_of(fields.lines, fields.at)
    check_html(said(voice, found, count=1, latest_only=True), LONGEST_CAPTION)
    pictured(voice, found)
    sheet_of(voice, fields.lines, fields.at)
    for kind in PushKind:
        check_reply(_push(voice, fields, kind, fields.lines))


def _push(voice: Voice, fields: Fields, kind: PushKind, lines: Sequence[Judged]) -> Any:
    due = tuple(
        DueLine(each.row, each.order, each.diagnosis, _BEFORE, fields.day) for each in lines
    )
    planned = Planned(7, kind, lines[0].row, fields.day, 0, "jd", fields.at, fields.at)
    standings = (replace(_BEFORE, state=state) for state in State)
    outlooks = tuple(
        Outlook(each, "jd", fields.day + timedelta(days=place), fresh=True)
        for place, each in enumerate(standings)
    )
    push = Push(
        Recipient(7, 7, voice.language, ZONE, _QUIET),
        kind,
        "jd",
        fields.day,
        (planned,),
        due,
        timedelta(hours=5),
        outlooks,
        # Awaited numbers were read as such: digits.
        tuple(each.order.order_number for each in lines),
        tuple(AnsweredQuestion(text, "jd.payout.when") for text in fields.texts),
    )
    return render_push(push, fields.at, secret=b"secret")


def told(voice: Voice, fields: Fields) -> Iterator[tuple[str, Variables]]:
    """Each template with variables, in each of its forms, with hostile texts in its fields."""
    name, account, _, text = fields.texts[:4]
    place = {"platform": voice.word("platforms", "jd"), "account": account}
    as_of = {"title": name, "as_of": "undated"}
    yield "start", {"name": name, "known": _YES, "names": (account, name)}
    yield "start", {"name": name, "known": _NO, "names": ()}
    yield "bind", {"names": (name, text), "asked": ((account, name),), "can_ask": _YES}
    yield "bind", {"names": (), "asked": ((account, name),) * 2, "can_ask": _YES}
    yield "bound", {"name": name}
    for problem in ("paused", "used", "already", "unknown"):
        yield "binding_problem", {"problem": problem, "name": name, "minutes": 3}
    for problem in ("waiting", "already", "enough", "refused"):
        yield "request_refused", {"problem": problem, **place}
    yield "request_sent", place
    for last in (_YES, _NO):
        yield "unbind_surely", {"name": name, "last": last}
        yield "unbound", {"name": name, "last": last}
        yield "unbind", {"bound": last}
        yield "ask_account", {**place, "again": last}
        yield "ask_number", {"own": last}
        yield "ask_zone", {"again": last}
        yield "person", {"asked": last}
        yield "ask_refund", {"again": last, "most": fields.amount if last else None}
        yield "cancelled", {"something": last}
        yield "topics", {"brief": last}
        yield "topic", {"topic": name, "platform": text, "empty": last}
    yield "language_set", {"name": name}
    for role in ("creator", "merchant"):
        yield "role_set", {"role": role}
        yield "role", {"role": role}
    yield "unreadable", {"kind": "sticker"}
    yield "not_a_number", {"hint": text}
    yield "too_many_numbers", {"most": 50, "count": 51, "beyond": 1}
    yield from _asked(fields, as_of)
    yield from _of_orders(voice, fields)
    yield from _of_reminders(fields)
    yield from _of_cases(voice, fields)
    yield from of_operators(fields.texts)


def _asked(fields: Fields, as_of: Variables) -> Iterator[tuple[str, Variables]]:
    name, _, number, text = fields.texts[:4]
    for asked in (text, None):
        yield "answer", {"asked": asked, "note": name, "answer": text, **as_of}
        for template in ("choices", "clarify", "unknown"):
            yield template, {"asked": asked}
        yield "inline", {"question": text, "answer": name, "bot": asked, **as_of}
    for outcome in ("own", "foreign", "unregistered", "hidden", "plain", "elsewhere"):
        link = {"outcome": outcome, "platform": name, "promoter": number}
        yield "whose_link", {"links": (link, link)}
    figures = {"name": "live-gift", "entered": (("coins", name),)}
    yield "ask_figure", {**figures, "field": "coins", "kind": "count", "again": _YES}
    yield "calculation", {**figures, "result": None}
    yield "calculation", {**figures, "result": _results(fields)}
    yield "source_title_en", {"title": name}
    now_answered = {"questions": fields.texts, "found": _YES, **as_of}
    yield "push_answered", {**now_answered, "answer": text}
    yield "push_answered", {**now_answered, "answer": None}
    yield "push_answered", {**now_answered, "found": _NO, "answer": None}


def _of_orders(voice: Voice, fields: Fields) -> Iterator[tuple[str, Variables]]:
    name, _, number, text = fields.texts[:4]
    amount, day = fields.amount, voice.day(fields.day)
    word = ("states", "paid")
    groups = [{"emoji": "✅", "word": word, "count": 3, "net": amount}]
    numbers = {"missing": fields.texts, "more_missing": 3, "groups": groups}
    sums = {"coming": amount, "paid": amount, "undecided": 1}
    for order in (number, None):
        yield "list", {**numbers, **sums, "order": order, "count": 3, **_both(order)}
    for covered in ([(name, fields.at), (text, fields.at)], []):
        looked_like = {"numbers": fields.texts, "platforms": (name, text)}
        yield "not_found", looked_like | {"covered": covered}
    for template in ("nothing_found", "found_by"):
        yield template, {"sought": name}
    yield "none_standing", {"word": name}
    dates = {"notes": (text,), "dates": (name,), "steps": (name,)}
    told = {"number": number, "title": name, "state": text, "explained": text, "emoji": "✅"}
    yield "follow_up", {"lines": ({**told, **dates, "platform": name},) * 2, "more": 3}
    yield "notes", {"notes": fields.texts}
    yield "appeal", {"lines": fields.texts}
    for part in ("greeting", "order", "item", "events", "amounts", "status", "due", "request"):
        yield (
            "appeal_text",
            {"part": part, **dict(zip(_APPEALED, cycle(fields.texts), strict=False))},
        )
    share = Share(3, amount, 1)
    months = ({"name": name, "share": share},)
    yield "what_if", {"number": number}
    yield "what_if_all", {"count": 0}
    yield "what_if_all", {"count": 3, "net": amount, "unknown": 1, "months": months}
    then = {"emoji": "✅", "word": word, "money": text}
    for refund in (amount, None):
        yield "what_if_result", {
            "number": number, "refund": refund, "now": then, "then": then, "lost": amount,
            "reasons": (text,), "dates": (name,),
        }  # fmt: skip
    yield "own_sheet", {"count": 3, "latest_only": _YES, "as_of": fields.at}
    for code in ("whole_day", "one", "several", "too_many", "none"):
        yield "payout_match", {
            "amount": amount, "code": code, "platform": name, "day": day, "count": 3,
            "latest_only": _YES,
        }  # fmt: skip


_APPEALED = (
    "platform", "number", "title", "created", "received", "paid", "commission", "net", "said",
    "due", "state",
)  # fmt: skip


def _both(order: str | None) -> Variables:
    return {"latest_only": order is None, "by_cause": order is None}


def _of_reminders(fields: Fields) -> Iterator[tuple[str, Variables]]:
    name, account, number, text = fields.texts[:4]
    waiting = {"awaited": fields.texts, "more_awaited": 2, "platforms": (name, text)}
    for everything in (_YES, _NO):
        wishes = {"everything": everything, "changes": _YES, "digest": _YES, "bound": _YES}
        yield "reminders", {**waiting, **wishes, "lines": 3}
        yield "reminders", {**waiting, **wishes, "lines": 0}
    place = {"city": name, "clock": text}
    yield "zone_set", place
    yield "reminder_settings", {**place, "hours": account, "lead": 3, "everything": _YES}
    yield "awaiting", {"numbers": fields.texts, "more": 2, "refused": 3, "most": 20, "days": 90}
    yield "awaiting_no_more", {"numbers": fields.texts}
    yield "awaiting_no_more", {"numbers": ()}
    yield "arrived", {"platform": name, "day": text}
    yield "case", {"number": number, "platform": name, "day": text}


def _of_cases(voice: Voice, fields: Fields) -> Iterator[tuple[str, Variables]]:
    name, _, number, text = fields.texts[:4]
    for template in ("closed", "ended", "overdue", "unreachable"):
        yield f"handoff_{template}", {"number": number}
    yield "handoff_taken", {"number": number, "name": name}
    for state in ("waiting", "overdue", "taken"):
        times = {"since": fields.at, "by": fields.at}
        yield "handoff_state", {"number": number, "state": state, **times}
    for known in (_YES, _NO):
        opened = {"number": number, "opens": name, "by": fields.at}
        yield "handoff_opened", {**opened, "asleep": known, "question": known, "card": known}
        yield "from_staff", {"name": name if known else None, "revised": known, "text": text}
        words = quoted(text)
        yield "from_staff", {"name": name, "revised": known, "text": words}
        yield "operator/from_creator", {"revised": known, "text": words}
        yield "operator/from_console", {"name": name, "text": words}


def _results(fields: Fields) -> Variables:
    """What calculators find, as if it came from outside."""
    amounts = (
        "commission", "fee", "net", "gross", "creator", "platform", "due_at", "date",
        "merchant_net", "shop_day_total", "deduction",
    )  # fmt: skip
    texts = dict(zip(amounts, cycle(fields.texts), strict=False))
    missing = {"real_name": 1, "videos": 3, "followers": 10, "alipay_real_name": 1}
    chosen = {"certainty": "official", "buyer": "new", "verdict": "kept", "state": "wait"}
    return {**texts, **chosen, "missing": missing, "boundary": _YES, "eligible": _NO}


def said_in_words(fields: Fields) -> Variables:
    """What short words of outside may be given, by the names of their variables."""
    line = fields.lines[0]
    texts = dict(zip(_SAID_IN_WORDS, cycle(fields.texts), strict=False))
    return {
        **texts,
        "order": line.order,
        "amounts": line.diagnosis.amounts,
        "missing": ("base", "rate", "refund", "figures"),
        "taken": tuple((text, text) for text in fields.texts),
        "result": _results(fields),
        "share": Share(3, fields.amount, 1),
        "on": _YES,
        "as_of": fields.at,
        "at": fields.at,
    }


_SAID_IN_WORDS = (
    "amount", "net", "lost", "low", "high", "settled", "title", "text", "said", "base", "rate",
    "kept", "date", "day", "waits_for", "certainty", "because", "state", "more", "count", "emoji",
    "word", "name", "first", "last", "hours", "city", "page", "pages", "platform", "end", "before",
    "after", "creator", "minutes", "seconds", "others",
)  # fmt: skip
