"""The buttons under a card (卡片按钮): four rows at most, the rarer ones behind one more press."""

from collections.abc import Iterator

from bot.desk.actions import Verb
from bot.desk.appeals import appeal_lines
from bot.desk.cards import Judged
from bot.desk.keys import in_rows
from bot.desk.reasons import nothing_ahead
from bot.desk.replies import Button, Rows, Say
from bot.desk.supposing import can_suppose
from bot.desk.turn import NEW_MESSAGE, Turn

__all__ = ["card_rows", "more"]


def card_rows(turn: Turn, judged: Judged, origin: str, reminder: str | None) -> Rows:
    """Return what can be done with a line; `origin` is the list it was opened from."""
    return in_rows(tuple(_card_buttons(turn, judged, origin, reminder)))


def more(turn: Turn, judged: Judged, origin: str) -> Say:
    """Show the ready appeal with a button that copies it, and the way to a person."""
    lines = appeal_lines(judged, turn.now)
    row = judged.row
    copied = Button(turn.voice.text("buttons", "copy_appeal"), copy_text="\n".join(lines))
    person = turn.button("person", Verb.PERSON, row)
    back = turn.button("back", Verb.CARD, row, origin)
    return turn.say("appeal", ((copied,), (person, back)), lines=lines)


def _card_buttons(
    turn: Turn, judged: Judged, origin: str, reminder: str | None
) -> Iterator[Button]:
    row = judged.row
    for verb in (Verb.AMOUNTS, Verb.TIMELINE, Verb.SOURCES):
        yield turn.button(verb.name.lower(), verb, row, origin)
    if can_suppose(judged):
        yield turn.button("what_if", Verb.WHAT_IF, row, origin)
    bell = _bell(turn, judged, origin, reminder)
    if bell:
        yield bell
    yield Button(turn.voice.text("buttons", "copy"), copy_text=judged.order.order_number)
    # The list page it was opened from: its verb, unless that is an older release's, and subject.
    if origin and origin[0] in set(Verb):
        yield turn.button("back_to_list", Verb(origin[0]), origin[1:])
    yield turn.button("more", Verb.MORE, row, origin)


def _bell(turn: Turn, judged: Judged, origin: str, reminder: str | None) -> Button | None:
    row = judged.row
    if reminder == "reminder_all":
        return turn.button("subscribed_all", Verb.REMINDERS, "", NEW_MESSAGE)
    if reminder is not None:
        return turn.button("subscribed", Verb.UNSUBSCRIBE, row, origin)
    if nothing_ahead(judged.diagnosis):
        return None
    return turn.button("subscribe", Verb.SUBSCRIBE, row, origin)
