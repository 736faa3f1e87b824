"""我的佣金 in the conversation: what is coming, what if, and all of it as a workbook."""

from dataclasses import replace

from bot.desk.actions import Action, Verb
from bot.desk.cards import Judged
from bot.desk.commission import Share, coming_of, commission_of, months_in_order
from bot.desk.commission_words import month_name, pictured, said
from bot.desk.lists import judge
from bot.desk.own_sheet import FILE_NAME, sheet_of
from bot.desk.replies import Answered, Document, Photo, Reply, Rows, Say
from bot.desk.supposing import after_receipt, may_be_received
from bot.desk.turn import NEW_MESSAGE, Presses, Turn

__all__ = ["LINES", "PRESSES", "show_commission", "show_sheet"]

LINES = 500
"""How many of one's latest lines are gone through; more would keep other people waiting."""


def show_commission(turn: Turn) -> Answered:
    """Answer /commission: the sums as a picture, and in words below it."""
    if not turn.bound:
        return turn.answered(turn.unbound())
    judged = judge(turn, turn.facts.own_lines)
    return turn.answered(_commission(turn, judged) if judged else turn.say("no_orders"))


def _commission(turn: Turn, judged: tuple[Judged, ...]) -> Reply:
    found = commission_of(judged, turn.now)
    html = said(turn.voice, found, count=len(judged), latest_only=len(judged) == LINES)
    picture = pictured(turn.voice, found)
    if picture is None:
        return Say(html, _rows(turn), "commission")
    return Photo(picture, html, _rows(turn), "commission")


def _if_all_received(turn: Turn, _: Action) -> Answered:
    """Sum up the lines that wait for their buyers, as if all of these confirmed now."""
    if not turn.bound:
        return turn.answered(turn.unbound())
    waiting = [each for each in judge(turn, turn.facts.own_lines) if may_be_received(each)]
    months: dict[str, Share] = {}
    total = Share()
    for each in waiting:
        then = replace(each, diagnosis=after_receipt(turn, each.order))
        coming = coming_of(then, turn.now)
        total.add(then.net)
        if coming is not None:
            months.setdefault(coming.month, Share()).add(then.net)
    shown = [
        {"name": month_name(turn.voice, name), "share": share}
        for name, share in months_in_order(months)
    ]
    return turn.answered(
        turn.say(
            "what_if_all",
            count=total.count,
            net=total.net,
            unknown=total.unknown,
            months=shown,
        )
    )


def show_sheet(turn: Turn) -> Answered:
    """Send one's own lines as a workbook."""
    if not turn.bound:
        return turn.answered(turn.unbound())
    judged = judge(turn, turn.facts.own_lines)
    if not judged:
        return turn.answered(turn.say("no_orders"))
    caption = turn.voice.html(
        "own_sheet", count=len(judged), latest_only=len(judged) == LINES, as_of=turn.now
    )
    name = FILE_NAME.format(turn.now.astimezone(turn.voice.zone))
    sheet = sheet_of(turn.voice, judged, turn.now)
    return turn.answered(Document(name, sheet, caption, (), "own_sheet"))


def _rows(turn: Turn) -> Rows:
    """What leads on from a picture comes below it: a picture cannot become a text."""
    return (
        (
            turn.button("own_orders", Verb.OWN_ORDERS, "", NEW_MESSAGE),
            turn.button("sheet", Verb.SHEET),
        ),
        (turn.button("if_all_received", Verb.IF_ALL_RECEIVED),),
        (turn.button("reminders", Verb.REMINDERS, "", NEW_MESSAGE),),
    )


PRESSES: Presses = {
    Verb.COMMISSION: lambda turn, _: show_commission(turn),
    Verb.IF_ALL_RECEIVED: _if_all_received,
    Verb.SHEET: lambda turn, _: show_sheet(turn),
}
"""Each needs the person's own lines, LINES of them."""
