"""What is told of awaited order numbers (等到了, 没等到), and what one can do about it."""

from collections.abc import Sequence

from bot.desk.actions import Verb
from bot.desk.cards import Judged, card
from bot.desk.keys import Keys
from bot.desk.lists import groups_of, line_button, sum_of
from bot.desk.markup import fit
from bot.desk.reasons import nothing_ahead
from bot.desk.replies import Rows, Say
from bot.desk.turn import NEW_MESSAGE
from bot.reminders import Push, PushKind

__all__ = ["ABOUT_AWAITED", "say_awaited"]

ABOUT_AWAITED = frozenset({PushKind.FOUND, PushKind.GIVEN_UP})
_MOST_BUTTONS = 8


def say_awaited(keys: Keys, push: Push, judged: Sequence[Judged]) -> Say:
    """Say that there is data for a number, with the card; or that there never was."""
    if push.kind is PushKind.GIVEN_UP:
        html = keys.voice.html("push_given_up", numbers=push.numbers)
        return Say(html, _again(keys, push.numbers), "push_given_up")
    html = keys.voice.html(
        "push_found",
        count=len(judged),
        net=sum_of(judged),
        groups=groups_of(judged) if len(judged) > 1 else (),
    )
    if len(judged) == 1:
        html = fit(f"{html}\n\n{card(keys.voice, judged[0])}")
    return Say(html, _into_lines(keys, judged), "push_found")


def _into_lines(keys: Keys, judged: Sequence[Judged]) -> Rows:
    if len(judged) != 1:
        return tuple((line_button(keys, each),) for each in judged[:_MOST_BUTTONS])
    (line,) = judged
    amounts = keys.button("amounts", Verb.AMOUNTS, line.row)
    timeline = keys.button("timeline", Verb.TIMELINE, line.row)
    if nothing_ahead(line.diagnosis):
        return ((amounts, timeline),)
    return ((amounts, timeline), (keys.button("subscribe", Verb.SUBSCRIBE, line.row),))


def _again(keys: Keys, numbers: Sequence[str]) -> Rows:
    """Offer to go on waiting for the one number."""
    if len(numbers) != 1:
        return ()
    return ((keys.button("await", Verb.AWAIT, numbers[0], NEW_MESSAGE),),)
