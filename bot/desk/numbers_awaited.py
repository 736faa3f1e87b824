"""Order numbers nothing was found for, awaited until there is data (有数据时告诉我).

Nothing here depends on whether anybody else has such an order: whoever is bound may wait for
any number, and hears of it only when it is among their own.
"""

from collections.abc import Sequence

from bot.desk.actions import Action, Verb, fingerprint
from bot.desk.facts import Wanted
from bot.desk.replies import Answered, Rows
from bot.desk.sought import AWAITED_FOR, MOST_AWAITED, AwaitNumbers, LeaveNumbers
from bot.desk.turn import NEW_MESSAGE, Presses, Turn

__all__ = ["ALL_AWAITED", "PRESSES", "WANTED", "offer"]

WANTED = Wanted(awaited=True)
ALL_AWAITED = "."
"""Stands for all numbers the person waits for; before a fingerprint, for several just missed."""
_MOST_NAMED = 10


def offer(turn: Turn, missing: Sequence[str]) -> Rows:
    """Offer to tell when there is data for numbers nothing was found for."""
    if not missing:
        return ()
    subject = missing[0] if len(missing) == 1 else ALL_AWAITED + fingerprint(*missing)
    return ((turn.button("await", Verb.AWAIT, subject, NEW_MESSAGE),),)


def _await(turn: Turn, action: Action) -> Answered | None:
    """Wait for the numbers of a button, as many as one may; None if they are forgotten."""
    numbers = _meant(turn, action.subject)
    if not numbers:
        return None
    if not turn.bound:
        return turn.answered(turn.unbound())
    awaited = turn.facts.awaited
    fresh = [number for number in numbers if number not in awaited]
    taken = fresh[: max(0, MOST_AWAITED - len(awaited))]
    now_awaited = [each for each in numbers if each in awaited or each in taken]
    said = turn.say(
        "awaiting",
        _leaving(turn, now_awaited or awaited),
        numbers=now_awaited[:_MOST_NAMED],
        more=max(0, len(now_awaited) - _MOST_NAMED),
        refused=len(fresh) - len(taken),
        most=MOST_AWAITED,
        days=AWAITED_FOR.days,
    )
    effects = (AwaitNumbers(tuple(taken)),) if taken else ()
    # Kept: the list that offered this can still be paged.
    return turn.answered(turn.placed(said, NEW_MESSAGE), effects=effects)


def _leave(turn: Turn, action: Action) -> Answered:
    """Wait for a number no longer, or for none at all."""
    every = action.subject == ALL_AWAITED
    numbers = turn.facts.awaited if every else (action.subject,)
    said = turn.say("awaiting_no_more", numbers=() if every else numbers)
    effects = (LeaveNumbers(numbers),) if numbers else ()
    return turn.answered(*turn.toast("left_awaited"), turn.placed(said), effects=effects)


def _meant(turn: Turn, subject: str) -> tuple[str, ...]:
    if not subject.startswith(ALL_AWAITED):
        return (subject,)
    missing = turn.facts.dialogue.missing
    return missing if subject == ALL_AWAITED + fingerprint(*missing) else ()


def _leaving(turn: Turn, numbers: Sequence[str]) -> Rows:
    subject = numbers[0] if len(numbers) == 1 else ALL_AWAITED
    label = "leave_awaited" if len(numbers) == 1 else "leave_all_awaited"
    return ((turn.button(label, Verb.LEAVE_AWAITED, subject),),)


PRESSES: Presses = {
    Verb.AWAIT: _await,
    Verb.LEAVE_AWAITED: _leave,
}
