"""While a person of the operator's is asked (转人工期间): messages pass on, the bot is silent."""

from dataclasses import replace

from bot.desk.commands import command_in
from bot.desk.facts import Wanted
from bot.desk.handing_over import ask_person, leave, show_case
from bot.desk.handoffs import CaseSought, HandOff
from bot.desk.incoming import Incoming
from bot.desk.markup import units
from bot.desk.operators import Operators
from bot.desk.passing import PassOn
from bot.desk.phrases import command_of
from bot.desk.rendering import quoted
from bot.desk.replies import Answered, Say
from bot.desk.topics import Copy
from bot.desk.turn import Turn

__all__ = ["LONGEST_QUOTE", "also_wanted", "heard_too", "interposed", "passed_on"]

LONGEST_QUOTE = 3900
"""UTF-16 units that fit a message beside our own words; what is longer is copied."""
_ASKING = ("human", "person")
FROM_CREATOR = "operator/from_creator"


def interposed(turn: Turn) -> Answered | None:
    """Pass a message on to the operator; None if the bot answers it itself."""
    case = turn.facts.handoff
    incoming = turn.incoming
    if case is None or not incoming.private or incoming.button is not None:
        return None
    if incoming.edited:
        revised = passed_on(turn, case, case.operator_chat, FROM_CREATOR)
        return turn.silent(*revised) if revised else None
    given, said = command_in(incoming.text), command_of(incoming.text)
    if given and given[0] in _ASKING and given[1]:
        return _passed_with_command(turn, case, given[1])
    if turn.facts.dialogue.waiting_for is not None:
        return None
    if (given and given[0] == "cancel") or said == "leave_person":
        return leave(turn)
    if said == "person":
        return ask_person(turn)
    # To what holds no words the bot has nothing to say that a person would not say better.
    if given or (incoming.text.strip() and not _silences(turn, case)):
        return None
    return turn.silent(*passed_on(turn, case, case.operator_chat, FROM_CREATOR))


def heard_too(turn: Turn, answered: Answered) -> Answered:
    """Pass on also what the bot answers itself, while nobody of the operator's does."""
    case, incoming = turn.facts.handoff, turn.incoming
    if case is None or not incoming.private or incoming.edited or _silences(turn, case):
        return answered
    busy = turn.facts.dialogue.waiting_for is not None
    if busy or command_in(incoming.text) or command_of(incoming.text):
        return answered
    passed = passed_on(turn, case, case.operator_chat, FROM_CREATOR)
    return replace(answered, effects=(*answered.effects, *passed))


def _silences(turn: Turn, case: HandOff) -> bool:
    return case.silences(asleep=turn.operators.help_desk.asleep(turn.now))


def _passed_with_command(turn: Turn, case: HandOff, text: str) -> Answered:
    """Pass on what is said behind a command that asks for a person once more."""
    said = replace(turn, incoming=replace(turn.incoming, text=text))
    passed = passed_on(said, case, case.operator_chat, FROM_CREATOR)
    if _silences(turn, case):
        return turn.silent(*passed)
    return turn.answered(show_case(turn, case), effects=passed)


def also_wanted(wanted: Wanted, incoming: Incoming, operators: Operators) -> Wanted:
    """Add the cases that a typed message may be about, and what was said to an edited one."""
    case = _case_sought(incoming, operators)
    earlier = None
    if incoming.edited and incoming.message is not None:
        earlier = (incoming.chat, incoming.message)
    if not incoming.private and case is None and earlier is None:
        return wanted
    return replace(wanted, handoff=incoming.private, case=case, earlier=earlier)


def _case_sought(incoming: Incoming, operators: Operators) -> CaseSought | None:
    """Which case a message in the operator's chat is about: by its topic or what it answers."""
    somewhere = incoming.thread is not None or incoming.replied_to is not None
    if not somewhere or (incoming.private and incoming.chat != operators.chat):
        return None
    return CaseSought(incoming.chat, thread=incoming.thread, replied_to=incoming.replied_to)


def passed_on(
    turn: Turn, case: HandOff, chat: int, template: str, **variables: object
) -> tuple[PassOn, ...]:
    """The message for the other side of a case: its words, or a copy of what is no words.

    Edited, it changes what was passed on of it, if that was words; else it is said again.
    """
    incoming = turn.incoming
    if not incoming.edited:
        if incoming.kind != "text" or units(incoming.text) > LONGEST_QUOTE:
            reply: Copy | Say = Copy(incoming.chat, incoming.message or 0)
        else:
            reply = _said(turn, case, chat, template, revised=False, **variables)
        return (PassOn(case.id, chat, reply, source=incoming.message),)
    earlier = next((each for each in turn.facts.earlier if each.handoff == case.id), None)
    if earlier is None or not incoming.text:
        return ()
    said = _said(turn, case, chat, template, revised=True, **variables)
    if earlier.plain:
        return (PassOn(case.id, chat, said.as_edit(), edits=earlier.key),)
    return (PassOn(case.id, chat, said),)


def _said(turn: Turn, case: HandOff, chat: int, template: str, **variables: object) -> Say:
    voice = turn.voice.speaking("zh" if chat == case.operator_chat else case.language)
    html = voice.html(template, text=quoted(_cut(turn.incoming)), **variables)
    return Say(html, template=template)


def _cut(incoming: Incoming) -> str:
    """The words, as far as they fit; only an edit can be longer."""
    return incoming.text[:LONGEST_QUOTE]
