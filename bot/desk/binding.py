"""Binding a person to a creator's account by a one-time code, and leaving one (绑定, 解绑)."""

from datetime import timedelta

from bot.desk.actions import Action, Verb
from bot.desk.effects import BindCreator, UnbindCreator, WrongCode
from bot.desk.facts import Dialogue, RequestState
from bot.desk.replies import Answered, Rows, Say
from bot.desk.turn import NEW_MESSAGE, Turn

__all__ = [
    "PAYLOAD",
    "binding_link",
    "change_bindings",
    "redeem",
    "show_bindings",
    "show_unbinding",
    "whats_next",
]

PAYLOAD = "b_"
"""What the payload of a binding link begins with: /start b_<code>."""
_MOST_TRIES = 5
_PAUSE = timedelta(minutes=15)


def binding_link(bot_name: str, code: str) -> str:
    """What opens the chat with the bot and binds whoever presses start there (绑定链接)."""
    return f"https://t.me/{bot_name}?start={PAYLOAD}{code}"


def show_bindings(turn: Turn) -> Answered:
    """Say what the person is bound to, what they have asked for, and how to bind."""
    waiting = [each for each in turn.facts.requests if each.state is RequestState.ASKED]
    asked = [(turn.voice.word("platforms", each.platform), each.account) for each in waiting]
    ways = turn.ways_to_bind()
    also = (turn.button("unbind", Verb.UNBIND),) if turn.bound else turn.ways_unbound()
    names = turn.facts.creator_names
    shown = turn.say("bind", (*ways, also), names=names, asked=asked, can_ask=bool(ways))
    return turn.answered(shown)


def redeem(turn: Turn, code: str) -> Answered:
    """Bind with a link's code, or say clearly why that cannot be."""
    tried = turn.facts.wrong_codes
    recent = tried is not None and tried.last_at + _PAUSE > turn.now
    if tried is not None and recent and tried.count >= _MOST_TRIES:
        return _refuse(turn, "paused", minutes=_minutes(tried.last_at + _PAUSE - turn.now))
    offered = turn.facts.binding_code
    if offered is None:
        refused = _refuse(turn, "unknown")
        return turn.answered(*refused.replies, effects=(WrongCode(first=not recent),))
    if offered.creator in turn.facts.creators:
        return _refuse(turn, "already", name=offered.creator_name)
    if offered.used:
        return _refuse(turn, "used")
    if offered.expires_at <= turn.now:
        return _refuse(turn, "expired")
    bound = turn.say("bound", whats_next(turn), name=offered.creator_name)
    return turn.answered(bound, effects=(BindCreator(code),))


def whats_next(turn: Turn) -> Rows:
    """Offer what somebody who has just been bound came for."""
    return (
        (
            turn.button("own_orders", Verb.OWN_ORDERS, 0, NEW_MESSAGE),
            turn.button("reminders", Verb.REMINDERS, "", NEW_MESSAGE),
        ),
    )


def show_unbinding(turn: Turn) -> Answered:
    """List the accounts one can leave."""
    return turn.answered(_accounts_to_leave(turn))


def change_bindings(turn: Turn, action: Action) -> Answered | None:
    """List the accounts, ask whether one is meant, or leave it; only one's own."""
    kind, _, subject = action.subject.partition(".")
    creator = int(subject or kind) if (subject or kind).isdecimal() else None
    if creator is None:
        return turn.answered(turn.placed(_accounts_to_leave(turn)))
    if creator not in turn.facts.creators:
        return None
    name = turn.facts.creator_names[turn.facts.creators.index(creator)]
    if kind != "yes":
        return turn.answered(turn.placed(_ask_whether(turn, creator, name)))
    left = turn.placed(turn.say("unbound", turn.ways_to_bind(), name=name, last=_is_last(turn)))
    # Whatever was on the table may have been that account's.
    topic = turn.facts.dialogue.topic
    return turn.answered(left, effects=(UnbindCreator(creator),), dialogue=Dialogue(topic=topic))


def _accounts_to_leave(turn: Turn) -> Say:
    accounts = zip(turn.facts.creators, turn.facts.creator_names, strict=True)
    rows = tuple(
        (turn.button("leave", Verb.UNBIND, creator, name=name),) for creator, name in accounts
    )
    return turn.say("unbind", rows or turn.ways_to_bind(), bound=turn.bound)


def _ask_whether(turn: Turn, creator: int, name: str) -> Say:
    rows = (
        (
            turn.button("leave_surely", Verb.UNBIND, f"yes.{creator}"),
            turn.button("stay", Verb.UNBIND),
        ),
    )
    return turn.say("unbind_surely", rows, name=name, last=_is_last(turn))


def _is_last(turn: Turn) -> bool:
    return len(turn.facts.creators) == 1


def _refuse(turn: Turn, problem: str, *, name: str = "", minutes: int = 0) -> Answered:
    ways = () if problem in ("already", "paused") else turn.ways_to_bind()
    said = turn.say("binding_problem", ways, problem=problem, name=name, minutes=minutes)
    return turn.answered(said)


def _minutes(left: timedelta) -> int:
    return -(-int(left.total_seconds()) // 60)
