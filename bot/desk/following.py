"""What a message asks on about the order on the table: the piece asked for (追问)."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from bot.desk import details, orders, supposing
from bot.desk.actions import Verb, fingerprint
from bot.desk.card_buttons import more
from bot.desk.cards import EMOJI, Judged, title_of
from bot.desk.dates import dates_in_words
from bot.desk.explained import nearest
from bot.desk.facts import Dialogue
from bot.desk.list_places import LAST, place_in
from bot.desk.lists import PAGE, judge
from bot.desk.markup import fit
from bot.desk.phrases import follow_up
from bot.desk.reasons import nothing_ahead, state_word, steps_worth_a_line, why_in_words
from bot.desk.replies import Answered, Rows, Say
from bot.desk.turn import NEW_MESSAGE, Turn
from settlement.shanghai import day_of
from settlement.states import NEVER_PAYS, State

__all__ = ["follow"]

_MOST_LINES = 10
"""Lines of a list whose dates are told at once."""


def follow(turn: Turn, text: str, *, loosely: bool = False) -> Answered | None:
    """Answer a follow-up; None if the text is none, or there is nothing it could refer to.

    What is on the table are one's own orders: in a group nothing is. `loosely` takes what asks
    about some order for a question about that one.
    """
    facet = follow_up(text, loosely=loosely) if turn.private else None
    if facet is None:
        return None
    if facet == "others":
        return _list_opened_from(turn) or orders.own_orders(turn)
    if facet == "total" and (whole := _list_opened_from(turn)):
        return whole
    place = place_in(text)
    row = turn.facts.dialogue.row if place is None else _row_at(turn, place)
    line = next((line for line in turn.facts.lines if line.row == row), None)
    if line is not None:
        return orders.on_the_table(turn, line, _FACETS[facet](turn, judge(turn, [line])[0]))
    return _of_list(turn, facet if place is None else "card")


def _list_opened_from(turn: Turn) -> Answered | None:
    """Show the list that the order on the table was opened from."""
    dialogue = turn.facts.dialogue
    return _list_again(turn) if dialogue.row in dialogue.rows else None


def _list_again(turn: Turn) -> Answered | None:
    rows = turn.facts.dialogue.rows
    page = orders.listed_page(turn, fingerprint(*rows), "0")
    return turn.answered(page, dialogue=Dialogue(rows=rows)) if page else None


def _row_at(turn: Turn, place: int) -> int | None:
    """Return the order at a place of the list last shown, if all of it could be seen at once."""
    dialogue = turn.facts.dialogue
    if dialogue.row is not None and dialogue.row not in dialogue.rows:
        return None
    judged = orders.listed(turn) if dialogue.shows_orders else ()
    at = len(judged) if place == LAST else place
    return judged[at - 1].row if 1 <= at <= len(judged) <= PAGE else None


def _when(turn: Turn, judged: Judged) -> Say:
    rows = (*_bell(turn, judged), *_see(turn, judged))
    return _about(turn, (judged,), rows, dates=True)


def _amounts(turn: Turn, judged: Judged) -> Say:
    said = [details.amounts(turn.voice, judged)]
    if reasons := why_in_words(turn.voice, judged.diagnosis):
        said.append(turn.voice.html("notes", notes=reasons))
    return Say(fit("\n\n".join(said)), _see(turn, judged), "amounts")


def _why(turn: Turn, judged: Judged) -> Say:
    sources = turn.button("sources", Verb.SOURCES, judged.row)
    return _about(turn, (judged,), ((sources, *_see(turn, judged)[0]),), why=True)


def _next(turn: Turn, judged: Judged) -> Say:
    return _about(turn, (judged,), _see(turn, judged), steps=True)


def _rules(turn: Turn, judged: Judged) -> Say:
    html = details.sources(turn.voice, turn.snapshot, judged, turn.now)
    return Say(html, _see(turn, judged), "sources")


def _timeline(turn: Turn, judged: Judged) -> Say:
    return Say(details.timeline(turn.voice, judged), _see(turn, judged), "timeline")


def _what_if(turn: Turn, judged: Judged) -> Say:
    can = supposing.can_suppose(judged)
    return supposing.suppose(turn, judged, "") if can else _why(turn, judged)


_FACETS: Mapping[str, Callable[[Turn, Judged], Say]] = {
    "when": _when,
    "amounts": _amounts,
    "why": _why,
    "next": _next,
    "rules": _rules,
    "timeline": _timeline,
    "appeal": lambda turn, judged: more(turn, judged, ""),
    "what_if": _what_if,
    "card": orders.show,
    "total": _amounts,
}


def _of_list(turn: Turn, facet: str) -> Answered | None:
    """Answer of the list just shown, while nothing else came between.

    The list itself says the sums, and that one has to be tapped for what is asked of one only.
    """
    judged = orders.listed(turn) if turn.facts.dialogue.shows_orders else ()
    if not judged:
        return None
    if facet not in ("when", "why", "next"):
        return _list_again(turn)
    mark = fingerprint(*turn.facts.dialogue.rows)
    back = ((turn.button("back_to_list", Verb.LISTED_ORDERS, f"{mark}.0", NEW_MESSAGE),),)
    told = {"dates": facet == "when", "why": facet == "why", "steps": facet == "next"}
    left = len(judged[_MOST_LINES:])
    return turn.answered(_about(turn, judged[:_MOST_LINES], back, more=left, **told))


def _about(
    turn: Turn,
    judged: Sequence[Judged],
    rows: Rows,
    *,
    more: int = 0,
    dates: bool = False,
    why: bool = False,
    steps: bool = False,
) -> Say:
    """Say a piece of what a card says, under the card's head."""
    lines = [
        {
            "emoji": EMOJI[each.diagnosis.state],
            "platform": turn.voice.word("platforms", each.order.platform),
            "number": each.order.order_number,
            "title": title_of(each.order),
            "state": None if dates else turn.voice.word(*state_word(each.diagnosis)),
            "dates": _dates(turn, each) if dates else (),
            "notes": why_in_words(turn.voice, each.diagnosis) if why else (),
            "explained": _explained(turn, each) if why and len(judged) == 1 else None,
            "steps": _steps(turn, each) if steps else (),
        }
        for each in judged
    ]
    return turn.say("follow_up", rows, lines=lines, more=more)


def _dates(turn: Turn, judged: Judged) -> tuple[Markup, ...]:
    said = tuple(dates_in_words(turn.voice, judged.diagnosis))
    if said:
        return said
    state = judged.diagnosis.state
    word = "paid" if state is State.PAID else "never" if state in NEVER_PAYS else "no_date"
    return (
        turn.voice.word("follow_up", word, state=turn.voice.word(*state_word(judged.diagnosis))),
    )


def _steps(turn: Turn, judged: Judged) -> tuple[Markup, ...]:
    steps = tuple(turn.voice.word("steps", each) for each in steps_worth_a_line(judged.diagnosis))
    return steps or (turn.voice.word("follow_up", "nothing_to_do"),)


def _explained(turn: Turn, judged: Judged) -> Markup | None:
    """Return what the nearest answer says of such an order."""
    entry = nearest(turn.snapshot.knowledge, judged)
    if entry is None:
        return None
    return turn.snapshot.answer(entry.id, day_of(turn.now), turn.voice.folder)


def _bell(turn: Turn, judged: Judged) -> Rows:
    if nothing_ahead(judged.diagnosis) or orders.reminder_of(turn, judged):
        return ()
    return ((turn.button("subscribe", Verb.SUBSCRIBE, judged.row),),)


def _see(turn: Turn, judged: Judged) -> Rows:
    return ((turn.button("see_order", Verb.CARD, judged.row, NEW_MESSAGE),),)
