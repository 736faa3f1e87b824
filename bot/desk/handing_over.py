"""Asking for a person (转人工): a case is opened, shown, and ended by whoever asked for it."""

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from markupsafe import Markup, escape

from bot.desk import details, orders
from bot.desk.actions import Verb
from bot.desk.effects import RecordQuestion
from bot.desk.entries import question_of
from bot.desk.facts import OwnedLine
from bot.desk.handoffs import HandOff, HandOffState
from bot.desk.keys import Keys
from bot.desk.lists import judge
from bot.desk.passing import EndHandOff, HandOver, PassOn
from bot.desk.phrases import command_of
from bot.desk.replies import Answered, Reply, Rows, Say
from bot.desk.topics import CloseTopic, Copy, OpenTopic
from bot.desk.turn import Turn
from settlement.order_number import FoundNumber, find_order_numbers

__all__ = ["ask_person", "ask_person_about", "control", "leave", "show_case"]

_LONGEST_TOPIC = 64
"""Characters, each of which may take two of Telegram's 128 units."""
_LONGEST_QUESTION = 1000


def ask_person(turn: Turn, question: str = "") -> Answered:
    """Hand the question on the table to the operator; tell how it stands if it was before."""
    if turn.facts.handoff is not None:
        return turn.answered(show_case(turn, turn.facts.handoff))
    asked = question or turn.facts.dialogue.pending_text or _said(turn)
    if numbers := find_order_numbers(question):
        return _hand_over_with_orders(turn, question, numbers)
    line = next((each for each in turn.facts.lines if each.row == turn.facts.dialogue.row), None)
    return _hand_over(turn, asked, line)


def ask_person_about(turn: Turn, line: OwnedLine) -> Answered:
    """Hand an order of one's own to the operator."""
    if turn.facts.handoff is not None:
        return turn.answered(show_case(turn, turn.facts.handoff))
    return _hand_over(turn, f"{line.order.platform} {line.order.order_number}", line)


def show_case(turn: Turn, case: HandOff) -> Say:
    """Tell how a case stands, and how to end it."""
    return turn.say(
        "handoff_state",
        _way_out(turn),
        number=case.number,
        state=case.state,
        since=case.opened_at,
        by=case.answer_by or turn.now,
    )


def leave(turn: Turn) -> Answered | None:
    """End one's own case; None if there is none any more."""
    case = turn.facts.handoff
    if case is None:
        return None
    said = turn.placed(turn.say("handoff_ended", number=case.number))
    staff = turn.speaking("zh")
    ended = PassOn(case.id, case.operator_chat, staff.say("operator/handoff_ended"))
    shut = PassOn(case.id, case.operator_chat, CloseTopic())
    closed = control(turn, case, HandOffState.CLOSED).as_edit()
    return turn.answered(said, effects=(EndHandOff(case.id, "creator", closed), ended, shut))


def control(turn: Turn, case: HandOff, state: HandOffState) -> Say:
    """The message with which the operator takes and closes a case."""
    return _control(turn, case.number, case.operator_chat, state)


def _hand_over_with_orders(turn: Turn, question: str, numbers: Sequence[FoundNumber]) -> Answered:
    """Show the orders a question names as well; the first own one goes to the operator."""
    shown = orders.look_up(turn, numbers)
    named = orders.numbered(turn, {each.number for each in numbers})
    handed = _hand_over(turn, question, next(iter(named), None))
    replies = (*shown.replies, *handed.replies)
    return replace(shown, replies=replies, effects=(*shown.effects, *handed.effects))


def _hand_over(turn: Turn, asked: str, line: OwnedLine | None) -> Answered:
    """Open a case at the operator's; without a chat of theirs the question is kept for them."""
    chat = turn.operators.chat
    if chat is None or chat == turn.incoming.chat:
        kept = (RecordQuestion(asked, "person"),) if asked else ()
        return turn.answered(turn.say("person", asked=bool(asked)), effects=kept)
    number = _number(turn)
    desk = turn.operators.help_desk
    opening = HandOver(
        number,
        asked[:_LONGEST_QUESTION],
        chat,
        desk.answer_by(turn.now),
        _briefing(turn, number, asked, line),
        _control(turn, number, chat, HandOffState.WAITING),
    )
    said = turn.say(
        "handoff_opened",
        _way_out(turn),
        number=number,
        asleep=desk.asleep(turn.now),
        opens=turn.voice.moment(desk.opens_at(turn.now)),
        by=opening.answer_by,
        question=bool(asked),
        card=line is not None,
    )
    return turn.answered(said, effects=(opening,))


def _briefing(turn: Turn, number: str, asked: str, line: OwnedLine | None) -> tuple[Reply, ...]:
    """What the operator reads first: who asks what, the diagnosis and the timeline."""
    staff = turn.speaking("zh")
    judged = judge(staff, (line,))[0] if line else None
    topic = turn.snapshot.knowledge.entries.get(turn.facts.dialogue.topic or "")
    said = staff.say(
        "operator/handoff",
        number=number,
        name=turn.incoming.name,
        accounts=turn.facts.creator_names,
        language=turn.voice.language,
        question=escape(asked[:_LONGEST_QUESTION]),
        topic=Markup.escape(question_of(topic, staff.voice)) if topic else None,
        card=_markup(orders.show(staff, judged).html) if judged else None,
        timeline=_markup(details.timeline(staff.voice, judged)) if judged else None,
    )
    return (*_topic(turn, number), said, *_enclosed(turn))


def _enclosed(turn: Turn) -> Sequence[Reply]:
    """The picture or file under which somebody asks for a person."""
    incoming = turn.incoming
    if incoming.kind == "text" or incoming.message is None or incoming.button is not None:
        return ()
    return (Copy(incoming.chat, incoming.message),)


def _topic(turn: Turn, number: str) -> Sequence[Reply]:
    """Only groups have topics, and their ids are negative."""
    name = f"{number} {' '.join(turn.incoming.name.split())}".strip()
    return (OpenTopic(name[:_LONGEST_TOPIC]),) if (turn.operators.chat or 0) < 0 else ()


def _control(turn: Turn, number: str, operator_chat: int, state: HandOffState) -> Say:
    keys = Keys(turn.voice.speaking("zh"), turn.signer, operator_chat)
    take = keys.button("take_case", Verb.TAKE_CASE, number)
    close = keys.button("close_case", Verb.CLOSE_CASE, number)
    rows: dict[HandOffState, Rows] = {
        HandOffState.WAITING: ((take, close),),
        HandOffState.TAKEN: ((close,),),
    }
    html = turn.voice.speaking("zh").html("operator/handoff_control", number=number, state=state)
    return Say(html, rows.get(state, ()), "operator/handoff_control")


def _way_out(turn: Turn) -> Rows:
    return ((turn.button("leave_person", Verb.LEAVE_PERSON),),)


def _said(turn: Turn) -> str:
    """What was asked beside the wish for a person."""
    text = turn.incoming.text.strip()
    return "" if text.startswith("/") or command_of(text) == "person" else text


def _number(turn: Turn) -> str:
    """A number to quote, the same however often the update is handled."""
    mark = f"{turn.incoming.user}\x1f{turn.incoming.update}\x1f{_day(turn.now)}".encode()
    digits = b32encode(sha256(mark).digest()).decode()
    return f"{digits[:4]}-{digits[4:8]}"


def _day(now: datetime) -> str:
    return f"{now:%Y%m%d}"


def _markup(html: str) -> Markup:
    return Markup(html)  # noqa: S704 (rendered with autoescape)
