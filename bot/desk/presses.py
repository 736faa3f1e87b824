"""Pressed buttons: what a token asks for is looked up again before anything is shown."""

from dataclasses import replace
from functools import partial

from bot.desk import (
    card_buttons,
    details,
    documents,
    earnings,
    menus,
    numbers_awaited,
    opinions,
    opting_out,
    orders,
    personal,
    preferring,
    push_buttons,
    questions,
    reminding,
    staff,
    supposing,
)
from bot.desk.actions import Action, Signer, Verb
from bot.desk.commands import cancel, set_language
from bot.desk.entries import entry_meant
from bot.desk.facts import OwnedLine, Wanted
from bot.desk.handing_over import ask_person, ask_person_about, leave
from bot.desk.handoffs import CaseSought
from bot.desk.incoming import Incoming
from bot.desk.lists import judge
from bot.desk.rendering import LANGUAGE_NAMES
from bot.desk.replies import Answered, Say, Toast
from bot.desk.turn import NEW_MESSAGE, Presses, Turn

__all__ = ["answer", "pressed", "wanted"]

_PUBLIC = frozenset({Verb.ENTRY, Verb.TOPICS, Verb.TOPIC})
"""What a button in a group may do; all else concerns one person."""
_OPERATING = frozenset({Verb.APPROVE, Verb.REFUSE, Verb.DOCUMENT}) | staff.PRESSES
"""What only an operator's button does, in private or in the operator's chat."""
_ABOUT_A_LINE = frozenset(
    {
        Verb.CARD,
        Verb.AMOUNTS,
        Verb.TIMELINE,
        Verb.SOURCES,
        Verb.SUBSCRIBE,
        Verb.UNSUBSCRIBE,
        Verb.MUTE,
        Verb.MORE,
        Verb.WHAT_IF,
        Verb.IF_RECEIVED,
        Verb.IF_REFUNDED,
        Verb.PERSON,
    }
)
_SETTINGS = frozenset({Verb.PREFERENCES, Verb.HOURS, Verb.ZONES})
_REMINDERS = frozenset({Verb.REMINDERS, Verb.OPT_OUT, Verb.SUBSCRIBE, Verb.UNSUBSCRIBE})
"""What may show the page of reminders anew."""


def pressed(signer: Signer, incoming: Incoming) -> Action | None:
    """Read the pressed button: made for this person, or for everybody in the operator's chat."""
    token = incoming.button or ""
    action = signer.read(incoming.user, token)
    if action is None and not incoming.private:
        action = signer.read(incoming.chat, token)
        return action if action and action.verb in _OPERATING else None
    return action


def wanted(incoming: Incoming, action: Action | None) -> Wanted:
    """Say what a press needs loaded; nothing for one that will be refused."""
    if action is None or not _allowed(incoming, action):
        return Wanted()
    if action.verb in personal.PRESSES:
        return personal.wanted(action)
    if action.verb in push_buttons.PRESSES:
        return push_buttons.wanted(action)
    if action.verb in numbers_awaited.PRESSES:
        return numbers_awaited.WANTED
    if action.verb is Verb.DOCUMENT:
        return documents.wanted(action)
    if action.verb in staff.PRESSES:
        return Wanted(case=CaseSought(incoming.chat, number=action.subject))
    row = action.row if action.verb in _ABOUT_A_LINE else None
    return Wanted(
        rows=() if row is None else (row,),
        own_lines=_own_lines(action.verb),
        subscriptions=action.verb in _SETTINGS | _REMINDERS | {Verb.CARD},
        preferences=action.verb in _SETTINGS | _REMINDERS | {Verb.SNOOZE},
        remembered=action.verb in (Verb.LISTED_ORDERS, Verb.PERSON),
        handoff=action.verb in (Verb.PERSON, Verb.LEAVE_PERSON),
        awaited=action.verb in _REMINDERS,
    )


def answer(turn: Turn) -> Answered:
    """Answer a press; whatever is not good for this person, here and now, has expired."""
    answered = _answer(turn) or turn.expired()
    if any(isinstance(reply, Toast) for reply in answered.replies):
        return answered
    # Telegram shows a spinning button until the press itself is answered.
    return replace(answered, replies=(*turn.toast(), *answered.replies))


def _answer(turn: Turn) -> Answered | None:
    action = pressed(turn.signer, turn.incoming)
    if action is None or not _allowed(turn.incoming, action):
        return None
    if action.verb in _ABOUT_A_LINE and action.subject:
        return _about_a_line(turn, action)
    # Nothing but an older release makes a button of a verb that says too little.
    answering = _OTHERS.get(action.verb)
    return answering(turn, action) if answering else None


def _allowed(incoming: Incoming, action: Action) -> bool:
    return incoming.private or action.verb in _PUBLIC or action.verb in _OPERATING


def _own_lines(verb: Verb) -> int:
    return {
        Verb.OWN_ORDERS: orders.OWN_LINES,
        **dict.fromkeys(earnings.PRESSES, earnings.LINES),
        Verb.FIND_ORDER: orders.RECENT,
    }.get(verb, 0)


def _about_a_line(turn: Turn, action: Action) -> Answered | None:
    """Answer for a line only if the store says, now, that it is this person's."""
    line = next((each for each in turn.facts.lines if each.row == action.row), None)
    if line is None:
        return None
    if action.verb is Verb.MUTE:
        return reminding.leave_out(turn, line)
    if action.verb is Verb.PERSON:
        return ask_person_about(turn, line)
    if action.verb in (Verb.SUBSCRIBE, Verb.UNSUBSCRIBE):
        wish = action.verb is Verb.SUBSCRIBE
        return reminding.change_line(turn, line, action.origin, wish=wish)
    if action.verb is Verb.IF_REFUNDED and action.subject.endswith(".ask"):
        return supposing.ask_refund(turn, line)
    shown = _shown(turn, line, replace(action, origin=action.origin.removeprefix(NEW_MESSAGE)))
    if shown is None:
        return None
    below = NEW_MESSAGE if action.origin == NEW_MESSAGE else ""
    return orders.on_the_table(turn, line, turn.placed(shown, below))


def _shown(turn: Turn, line: OwnedLine, action: Action) -> Say | None:
    judged = judge(turn, (line,))[0]
    back = ((turn.button("back", Verb.CARD, line.row, action.origin),),)
    match action.verb:
        case Verb.AMOUNTS:
            return Say(details.amounts(turn.voice, judged), back, "amounts")
        case Verb.TIMELINE:
            return Say(details.timeline(turn.voice, judged), back, "timeline")
        case Verb.SOURCES:
            html = details.sources(turn.voice, turn.snapshot, judged, turn.now)
            return Say(html, back, "sources")
        case Verb.MORE:
            return card_buttons.more(turn, judged, action.origin)
        case Verb.WHAT_IF:
            return supposing.suppose(turn, judged, action.origin)
        case Verb.IF_RECEIVED | Verb.IF_REFUNDED:
            return supposing.supposed(turn, judged, action)
        case _:
            return orders.show(turn, judged, action.origin)


def _entry(turn: Turn, action: Action) -> Answered | None:
    found = entry_meant(turn.snapshot.knowledge, action.subject)
    if found is None:
        return None
    said = turn.placed(questions.answer_entry(turn, found), action.origin)
    return questions.on_the_table(turn, found, said)


def _topic(turn: Turn, action: Action) -> Answered | None:
    group, _, rest = action.subject.partition(".")
    platform, _, page = rest.partition(".")
    if group not in menus.groups(turn.snapshot.knowledge) or not page.isdecimal():
        return None
    return _placed(turn, questions.browse(turn, group, platform, int(page)), action)


def _listed_orders(turn: Turn, action: Action) -> Answered | None:
    mark, _, place = action.subject.partition(".")
    shown = orders.listed_page(turn, mark, place)
    return _placed(turn, shown, action) if shown else None


def _language(turn: Turn, action: Action) -> Answered | None:
    return set_language(turn, action.subject) if action.subject in LANGUAGE_NAMES else None


def _placed(turn: Turn, say: Say, action: Action) -> Answered:
    return turn.answered(turn.placed(say, action.origin))


_OTHERS: Presses = {
    Verb.SUBSCRIBE: partial(reminding.change_everything, wish=True),
    Verb.UNSUBSCRIBE: partial(reminding.change_everything, wish=False),
    Verb.FOLLOW: partial(reminding.follow, wish=True),
    Verb.UNFOLLOW: partial(reminding.follow, wish=False),
    Verb.SNOOZE: reminding.snooze,
    Verb.ARRIVED: partial(reminding.answer_arrival, arrived=True),
    Verb.NOT_ARRIVED: partial(reminding.answer_arrival, arrived=False),
    Verb.PREFERENCES: preferring.change_preferences,
    Verb.HOURS: preferring.change_hours,
    Verb.ZONES: preferring.change_zone,
    Verb.REMINDERS: lambda turn, action: _placed(turn, reminding.reminders(turn), action),
    Verb.FIND_ORDER: lambda turn, _: orders.ask_number(turn),
    Verb.OWN_ORDERS: lambda turn, action: orders.own_orders(
        turn, action.subject or "0", action.origin
    ),
    **earnings.PRESSES,
    **push_buttons.PRESSES,
    Verb.LISTED_ORDERS: _listed_orders,
    Verb.ENTRY: _entry,
    Verb.TOPICS: lambda turn, action: _placed(turn, questions.topics(turn), action),
    Verb.TOPIC: _topic,
    Verb.LANGUAGE: _language,
    Verb.PERSON: lambda turn, _: ask_person(turn),
    Verb.VOTE: opinions.press,
    Verb.VOTE_REASON: opinions.give_reason,
    Verb.LEAVE_PERSON: lambda turn, _: leave(turn),
    Verb.TAKE_CASE: staff.press,
    Verb.CLOSE_CASE: staff.press,
    Verb.DOCUMENT: documents.press,
    Verb.CANCEL: lambda turn, _: cancel(turn, ""),
    **personal.PRESSES,
    **numbers_awaited.PRESSES,
    **opting_out.PRESSES,
}
