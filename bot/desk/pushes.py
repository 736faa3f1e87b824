"""Messages nobody just asked for: the reminder that a payout day has come (到账提醒)."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from bot.desk.actions import Signer, Verb
from bot.desk.cards import Judged, card
from bot.desk.keys import Keys
from bot.desk.lists import groups_of, line_button, sorted_by_cause, sum_of
from bot.desk.markup import fit
from bot.desk.rendering import Voice
from bot.desk.replies import Rows, Say
from bot.desk.turn import NEW_MESSAGE
from bot.reminders import Push

__all__ = ["render_push"]

_MOST_BUTTONS = 8


def render_push(push: Push, now: datetime, *, secret: bytes, zone: tzinfo) -> Say:
    """Render a reminder: one line as its card, several as a list; always with a way to stop."""
    voice = Voice(push.language, now, zone)
    keys = Keys(voice, Signer(secret), push.user)
    judged = sorted_by_cause(Judged(each.row, each.order, each.diagnosis) for each in push.lines)
    stop = keys.button("manage_reminders", Verb.REMINDERS, "", NEW_MESSAGE)
    return Say(_text(voice, push, judged), (*_rows(keys, judged), (stop,)))


def _rows(keys: Keys, judged: Sequence[Judged]) -> Rows:
    """Lead into the one line, or to each of several."""
    if len(judged) > 1:
        return tuple((line_button(keys, each),) for each in judged[:_MOST_BUTTONS])
    row = judged[0].row
    amounts = keys.button("amounts", Verb.AMOUNTS, row)
    return ((amounts, keys.button("timeline", Verb.TIMELINE, row)),)


def _text(voice: Voice, push: Push, judged: Sequence[Judged]) -> str:
    heading = voice.html(
        "push_payout",
        platform=voice.word("platforms", judged[0].order.platform),
        day=voice.day(push.day),
        count=len(judged),
        net=sum_of(judged),
        groups=groups_of(judged) if len(judged) > 1 else (),
    )
    return fit(f"{heading}\n\n{card(voice, judged[0])}") if len(judged) == 1 else heading
