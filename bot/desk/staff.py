"""The operator's side of a case (人工一侧): taken, answered, closed in the operator's chat."""

from bot.desk.actions import Action, Verb
from bot.desk.commands import command_in
from bot.desk.handing_over import control
from bot.desk.handoffs import HandOff, HandOffState
from bot.desk.passing import EndHandOff, PassOn, TakeOver
from bot.desk.relaying import passed_on
from bot.desk.replies import Answered, Effect, Say
from bot.desk.topics import CloseTopic
from bot.desk.turn import Turn

__all__ = ["PRESSES", "answer", "pass_on", "press"]

PRESSES = frozenset({Verb.TAKE_CASE, Verb.CLOSE_CASE})
FROM_STAFF = "from_staff"
ASIDE = "//"
"""What begins so stays among the operator's people."""


def answer(turn: Turn) -> Answered | None:
    """Answer a message in the operator's chat; None if it is about no case."""
    case = turn.facts.case
    if case is None:
        return None
    given = command_in(turn.incoming.text)
    if given and given[0] == "close":
        return _close(turn, case)
    if given:
        return None
    if turn.incoming.text.startswith(ASIDE):
        return turn.silent()
    if turn.incoming.edited:
        return turn.silent(*passed_on(turn, case, case.chat, FROM_STAFF, name=_name(turn)))
    if case.state is HandOffState.CLOSED:
        return _said(turn, "operator/handoff_is_closed", case)
    return pass_on(turn, case)


def press(turn: Turn, action: Action) -> Answered | None:
    """Take or close a case by its button; None if that is not possible any more."""
    case = turn.facts.case
    if case is None or case.state is HandOffState.CLOSED:
        return None
    if action.verb is Verb.CLOSE_CASE:
        return _close(turn, case)
    if case.state is HandOffState.TAKEN:
        return None
    return turn.silent(*_taken(turn, case))


def pass_on(turn: Turn, case: HandOff) -> Answered:
    """Say to the creator what was written, and take the case by it if nobody has."""
    taking = () if case.state is HandOffState.TAKEN else _taken(turn, case)
    words = passed_on(turn, case, case.chat, FROM_STAFF, name=_name(turn))
    return turn.silent(*taking, *words)


def _taken(turn: Turn, case: HandOff) -> tuple[Effect, ...]:
    said = _to_creator(turn, case, "handoff_taken", name=_name(turn))
    changed = control(turn, case, HandOffState.TAKEN).as_edit()
    return TakeOver(case.id, changed), PassOn(case.id, case.chat, said)


def _close(turn: Turn, case: HandOff) -> Answered:
    if case.state is HandOffState.CLOSED:
        return _said(turn, "operator/handoff_is_closed", case)
    said = _to_creator(turn, case, "handoff_closed")
    changed = control(turn, case, HandOffState.CLOSED).as_edit()
    return turn.silent(
        EndHandOff(case.id, "staff", changed),
        PassOn(case.id, case.chat, said),
        PassOn(case.id, case.operator_chat, CloseTopic()),
    )


def _said(turn: Turn, template: str, case: HandOff) -> Answered:
    """Say something in the case's own place, without telling the creator."""
    html = turn.voice.speaking("zh").html(template, number=case.number)
    return turn.silent(PassOn(case.id, case.operator_chat, Say(html, template=template)))


def _to_creator(turn: Turn, case: HandOff, template: str, **variables: object) -> Say:
    voice = turn.voice.speaking(case.language)
    return Say(voice.html(template, number=case.number, **variables), template=template)


def _name(turn: Turn) -> str | None:
    """Who answers, if the operator lets people be known by name."""
    return None if turn.operators.help_desk.anonymous else turn.incoming.name or None
