"""Order lines in the conversation: found by number, shown as a card, or as a list."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup

from bot.desk.actions import Verb, fingerprint
from bot.desk.card_buttons import card_rows
from bot.desk.cards import Judged, card
from bot.desk.dates import has_date_ahead
from bot.desk.entries import question_button
from bot.desk.facts import Dialogue, OwnedLine, Scope
from bot.desk.lists import judge, line_button, page_of, sorted_by_cause
from bot.desk.numbers_awaited import offer
from bot.desk.phrases import follow_up, named_platforms, without_platforms
from bot.desk.reasons import NO_REMINDER
from bot.desk.replies import Answered, Effect, Reply, Say
from bot.desk.turn import NEW_MESSAGE, Turn
from knowledge.entry import Entry
from knowledge.normalise import cleaned
from settlement.model import Platform
from settlement.order_number import FoundNumber
from settlement.states import NEVER_PAYS, State

__all__ = [
    "ORDER_NUMBER",
    "OWN_LINES",
    "RECENT",
    "ask_number",
    "listed",
    "listed_page",
    "look_up",
    "numbered",
    "on_the_table",
    "own_orders",
    "reminder_of",
    "show",
    "show_lines",
]

ORDER_NUMBER = "order_number"
_MOST_PLATFORMS = 3
_TELLING = NEVER_PAYS | {State.OVERDUE, State.FROZEN, State.NO_ACCOUNT}
RECENT = 5
"""How many of one's latest lines are offered instead of typing a number."""
OWN_LINES = 60
"""How many of one's latest lines /orders goes through."""


def look_up(turn: Turn, found: Sequence[FoundNumber]) -> Answered:
    """Answer order numbers: one card, a list, or the same "not found" for all that is not own."""
    if not turn.bound:
        return turn.answered(turn.unbound())
    numbers = tuple(dict.fromkeys(each.number for each in found))
    lines = numbered(turn, numbers)
    known = {number for line in lines for number in _numbers(line)}
    missing = [number for number in numbers if number not in known]
    lost = (_not_found(turn, missing, found),) if missing and len(lines) < 2 else ()
    shown = show_lines(turn, lines, missing) if lines else turn.answered()
    dialogue = replace(shown.dialogue, missing=tuple(missing))
    return replace(shown, replies=(*shown.replies, *lost), dialogue=dialogue)


def numbered(turn: Turn, numbers: Collection[str]) -> list[OwnedLine]:
    """Return one's own lines that bear one of the numbers, of those loaded."""
    return [line for line in turn.facts.lines if not _numbers(line).isdisjoint(numbers)]


def show_lines(
    turn: Turn,
    lines: Sequence[OwnedLine],
    missing: Sequence[str] = (),
    *,
    latest_only: bool = False,
) -> Answered:
    """Show one line as a card, several as a list; `missing` are numbers nothing was found for."""
    if len(lines) == 1:
        return on_the_table(turn, lines[0], show(turn, judge(turn, lines)[0]))
    judged = sorted_by_cause(judge(turn, lines))
    rows = tuple(each.row for each in judged)
    prefix = f"{fingerprint(*rows)}."
    listed = page_of(turn, judged, "0", Verb.LISTED_ORDERS, prefix, missing, latest_only)
    listed = replace(listed, buttons=(*listed.buttons, *offer(turn, missing)))
    return turn.answered(listed, dialogue=Dialogue(rows=rows))


def on_the_table(
    turn: Turn, line: OwnedLine, *replies: Reply, effects: tuple[Effect, ...] = ()
) -> Answered:
    """Close the turn with a line on the table, to which the next question may refer."""
    left = replace(turn.facts.dialogue, waiting_for=None, pending_text=None, row=line.row)
    return turn.answered(*replies, effects=effects, dialogue=left)


def show(turn: Turn, judged: Judged, origin: str = "", *, wished: bool | None = None) -> Say:
    """Show a line's card with its buttons; `wished` overrides what the store knew of reminders."""
    reminder = reminder_of(turn, judged, wished)
    html = card(turn.voice, judged, reminder)
    return Say(html, card_rows(turn, judged, origin, reminder), f"state/{judged.diagnosis.state}")


def listed_page(turn: Turn, mark: str, place: str) -> Say | None:
    """Show a page of the list last shown; None if another list has taken its place."""
    rows = turn.facts.dialogue.rows
    if not rows or mark != fingerprint(*rows):
        return None
    judged = listed(turn)
    return page_of(turn, judged, place, Verb.LISTED_ORDERS, f"{mark}.") if judged else None


def listed(turn: Turn) -> tuple[Judged, ...]:
    """Return the list last shown, in the order in which it was."""
    rows = turn.facts.dialogue.rows
    lines = sorted(
        (line for line in turn.facts.lines if line.row in rows),
        key=lambda line: rows.index(line.row),
    )
    return sorted_by_cause(judge(turn, lines))


def own_orders(turn: Turn, place: str = "0", origin: str = "") -> Answered:
    """Show a page of one's latest orders; they are the list on the table then."""
    if not turn.bound:
        return turn.answered(turn.placed(turn.unbound(), origin))
    judged = sorted_by_cause(judge(turn, turn.facts.own_lines))
    if not judged:
        return turn.answered(turn.placed(turn.say("no_orders"), origin))
    latest_only = len(judged) == OWN_LINES
    page = page_of(turn, judged, place, Verb.OWN_ORDERS, latest_only=latest_only)
    rows = tuple(each.row for each in judged)
    return turn.answered(turn.placed(page, origin), dialogue=Dialogue(rows=rows))


def ask_number(turn: Turn, text: str = "", rules: Sequence[Entry] = ()) -> Answered:
    """Ask which order is meant; `rules` are what may answer the question for any order."""
    rule_rows = tuple((question_button(turn.keys, entry, NEW_MESSAGE),) for entry in rules)
    if not turn.bound:
        return turn.answered(turn.unbound(rule_rows))
    recent = _offered(turn, text)
    rows = (
        *((line_button(turn.keys, each),) for each in recent),
        *rule_rows,
        turn.cancelling(),
    )
    waiting = replace(turn.facts.dialogue, waiting_for=ORDER_NUMBER, pending_text=text or None)
    return turn.answered(turn.say("ask_number", rows, own=bool(recent)), dialogue=waiting)


def _offered(turn: Turn, text: str) -> tuple[Judged, ...]:
    """The latest lines, of the platforms named if there are any; asked why, the telling first."""
    said = cleaned(text)
    own, named = turn.facts.own_lines, named_platforms(said)
    lines = [line for line in own if line.order.platform in named] or own
    if follow_up(without_platforms(said), loosely=True) != "why":
        return judge(turn, lines[:RECENT])
    judged = judge(turn, lines)
    return tuple(sorted(judged, key=lambda each: each.diagnosis.state not in _TELLING)[:RECENT])


def _numbers(line: OwnedLine) -> set[str | None]:
    order = line.order
    return {order.order_number, order.sub_order_number, order.line_id, order.parent_number}


def _not_found(turn: Turn, missing: Sequence[str], found: Collection[FoundNumber]) -> Say:
    """Say that nothing was found; only the number's own form may add to it."""
    looked_like = [
        platform
        for each in found
        if missing == [each.number]
        for platform in each.platforms[:_MOST_PLATFORMS]
    ]
    platforms = tuple(dict.fromkeys(looked_like))
    return turn.say(
        "not_found",
        offer(turn, missing),
        numbers=missing,
        platforms=[turn.voice.word("platforms", each) for each in platforms],
        covered=_covered(turn, platforms),
    )


def _covered(turn: Turn, platforms: Sequence[Platform]) -> list[tuple[Markup, datetime]]:
    """Up to when orders are known, of the platforms it may be of; the same for everybody."""
    known = turn.facts.covered
    named = [each for each in platforms or Platform if each in known]
    return [(turn.voice.word("platforms", each), known[each]) for each in named]


def reminder_of(turn: Turn, judged: Judged, wished: bool | None = None) -> str | None:
    """Return the word for the reminder a line has, None if it has none; `wished` as for `show`."""
    scopes = {each.scope for each in turn.facts.subscriptions if each.row in (None, judged.row)}
    if Scope.EVERYTHING in scopes:
        return "reminder_all"
    if wished is False or (wished is None and Scope.ORDER not in scopes):
        return None
    if has_date_ahead(judged.diagnosis):
        return "reminder"
    return "reminder_over" if judged.diagnosis.state in NO_REMINDER else "reminder_undated"
