"""The buttons of a push: into the lines, later, and stop (推送按钮)."""

from collections.abc import Sequence

from bot.desk.actions import Verb
from bot.desk.cards import Judged
from bot.desk.keys import Keys
from bot.desk.lists import line_button
from bot.desk.replies import Rows
from bot.desk.turn import NEW_MESSAGE
from bot.reminders import Push, PushKind

__all__ = ["day_subject", "rows_of"]

MOST_BUTTONS = 8
_SNOOZED = (PushKind.PAYOUT, PushKind.ARRIVED)
"""What may come again tomorrow; what is said ahead comes again by itself."""


def rows_of(keys: Keys, push: Push, judged: Sequence[Judged]) -> Rows:
    """Offer what one can do about a push; to stop it is always among that."""
    return (
        *_answers(keys, push, judged),
        *_into_lines(keys, push, judged),
        *_later(keys, push, judged),
        *_stopping(keys, judged),
    )


def day_subject(push: Push, judged: Sequence[Judged]) -> str:
    """Name the payout day a button is about, and the line if there is only one."""
    row = judged[0].row if len(judged) == 1 else 0
    return f"{push.platform}.{push.day:%Y%m%d}.{row}"


def _answers(keys: Keys, push: Push, judged: Sequence[Judged]) -> Rows:
    if push.kind is not PushKind.ARRIVED:
        return ()
    subject = day_subject(push, judged)
    arrived = keys.button("arrived", Verb.ARRIVED, subject)
    return ((arrived, keys.button("not_arrived", Verb.NOT_ARRIVED, subject)),)


def _into_lines(keys: Keys, push: Push, judged: Sequence[Judged]) -> Rows:
    """Lead into the one line, or to each of several."""
    if len(judged) > 1:
        return tuple((line_button(keys, each),) for each in judged[:MOST_BUTTONS])
    if not judged:
        return ((keys.button("own_orders", Verb.OWN_ORDERS, "", NEW_MESSAGE),),)
    row = judged[0].row
    if push.kind in (PushKind.UPDATE, PushKind.ARRIVED):
        return ((keys.button("see_order", Verb.CARD, row, NEW_MESSAGE),),)
    amounts = keys.button("amounts", Verb.AMOUNTS, row)
    return ((amounts, keys.button("timeline", Verb.TIMELINE, row)),)


def _later(keys: Keys, push: Push, judged: Sequence[Judged]) -> Rows:
    if push.kind not in _SNOOZED:
        return ()
    subject = day_subject(push, judged)
    return (
        tuple(
            keys.button(f"later_{days}", Verb.SNOOZE, f"{push.kind}.{days}.{subject}")
            for days in (1, 3)
        ),
    )


def _stopping(keys: Keys, judged: Sequence[Judged]) -> Rows:
    manage = keys.button("manage_reminders", Verb.REMINDERS, "", NEW_MESSAGE)
    stop = keys.button("stop_all", Verb.UNSUBSCRIBE, "", NEW_MESSAGE)
    if len(judged) != 1:
        return ((manage, stop),)
    return ((keys.button("stop_line", Verb.MUTE, judged[0].row, NEW_MESSAGE), manage), (stop,))
