"""What if (假如): a line as it would stand after its receipt, or after a refund."""

import re
from dataclasses import replace
from decimal import Decimal

from bot.desk.actions import Action, Verb
from bot.desk.cards import EMOJI, Judged, money_in_words
from bot.desk.dates import dates_in_words
from bot.desk.facts import OwnedLine
from bot.desk.lists import judge
from bot.desk.markup import plain
from bot.desk.reasons import reason_words, state_word
from bot.desk.replies import Answered, Button, Say
from bot.desk.turn import Turn
from knowledge.normalise import cleaned
from settlement.diagnosis import Diagnosis, diagnose
from settlement.model import Order
from settlement.money import ZERO, share_to_fen
from settlement.reckoning import paid_of
from settlement.states import NEVER_PAYS, NOTHING_KNOWN, State
from settlement.what_if import what_if

__all__ = [
    "WAITING_FOR_REFUND",
    "after_receipt",
    "ask_refund",
    "can_suppose",
    "hear_refund",
    "is_refund",
    "may_be_received",
    "suppose",
    "supposed",
]

WAITING_FOR_REFUND = "refund_amount"
_NOT_RECEIVED = frozenset({State.NOT_PAID, State.WAIT_SHIP, State.WAIT_COMPLETE})
_NOTHING_TO_LOSE = NEVER_PAYS | NOTHING_KNOWN | {State.NOT_PAID, State.REFUND_UNDECIDED}
_AMOUNT = re.compile(
    r"(?:退|refund)?\s*(?:[¥￥]\s*)?(\d{1,9}(?:\.\d{1,2})?)\s*(?:元|块|块钱|yuan|rmb)?"
)
_SHARES = {
    **dict.fromkeys(("全部", "全退", "全额", "all", "everything"), "all"),
    **dict.fromkeys(("一半", "退一半", "half"), "half"),
}


def can_suppose(judged: Judged) -> bool:
    """Tell whether anything can be supposed of a line."""
    return may_be_received(judged) or _may_be_refunded(judged)


def suppose(turn: Turn, judged: Judged, origin: str) -> Say:
    """Offer what can be supposed of a line."""
    row = judged.row
    rows: list[tuple[Button, ...]] = []
    if may_be_received(judged):
        rows.append((turn.button("if_received", Verb.IF_RECEIVED, row, origin),))
    if _may_be_refunded(judged):
        shares = ("all", "half") if paid_of(judged.order) else ()
        rows.append(
            tuple(
                turn.button(f"if_refunded_{share}", Verb.IF_REFUNDED, f"{row}.{share}", origin)
                for share in (*shares, "ask")
            )
        )
    rows.append((turn.button("back", Verb.CARD, row, origin),))
    return turn.say("what_if", tuple(rows), number=judged.order.order_number)


def supposed(turn: Turn, judged: Judged, action: Action) -> Say | None:
    """Show a line as it would be; None for what this release does not offer."""
    if action.verb is Verb.IF_RECEIVED:
        return _shown(turn, judged, after_receipt(turn, judged.order), None, action.origin)
    share = action.subject.partition(".")[2]
    paid = paid_of(judged.order)
    amount = _share_of(share, paid) if share in ("all", "half") else None
    return None if amount is None else _refunded(turn, judged, amount, action.origin)


def ask_refund(turn: Turn, line: OwnedLine) -> Answered:
    """Ask how much would be refunded."""
    waiting = replace(
        turn.facts.dialogue,
        waiting_for=WAITING_FOR_REFUND,
        pending_text=None,
        row=line.row,
    )
    most = paid_of(line.order)
    asked = turn.say("ask_refund", (turn.cancelling(),), most=most, again=False)
    return turn.answered(asked, dialogue=waiting)


def is_refund(text: str) -> bool:
    """Tell whether a text may answer the question how much would be refunded."""
    return _read(text) is not None


def hear_refund(turn: Turn, text: str) -> Answered | None:
    """Take the amount that was asked for, or ask again; None for a text about something else."""
    line = next((each for each in turn.facts.lines if each.row == turn.facts.dialogue.row), None)
    told = _read(text)
    if line is None or told is None:
        return None
    judged, paid = judge(turn, (line,))[0], paid_of(line.order)
    amount = _share_of(told, paid) if isinstance(told, str) else told
    if amount is None or amount <= ZERO or (paid is not None and amount > paid):
        again = turn.say("ask_refund", (turn.cancelling(),), most=paid, again=True)
        return turn.answered(again, dialogue=turn.facts.dialogue)
    return turn.answered(_refunded(turn, judged, amount, ""))


def after_receipt(turn: Turn, order: Order) -> Diagnosis:
    """Judge an order as if its buyer had confirmed the receipt now."""
    received, at = what_if(order, turn.now, received=turn.now)
    return diagnose(received, turn.snapshot.rulebook, at)


def _refunded(turn: Turn, judged: Judged, amount: Decimal, origin: str) -> Say:
    order, at = what_if(judged.order, turn.now, refund=amount)
    return _shown(turn, judged, diagnose(order, turn.snapshot.rulebook, at), amount, origin)


def _shown(
    turn: Turn, judged: Judged, then: Diagnosis, refund: Decimal | None, origin: str
) -> Say:
    fresh = tuple(each for each in then.reasons if each not in judged.diagnosis.reasons)
    back = (
        turn.button("what_if_more", Verb.WHAT_IF, judged.row, origin),
        turn.button("back_to_card", Verb.CARD, judged.row, origin),
    )
    return turn.say(
        "what_if_result",
        (back,),
        number=judged.order.order_number,
        refund=refund,
        now=_standing(turn, judged.diagnosis),
        then=_standing(turn, then),
        lost=_difference(judged.diagnosis, then),
        reasons=reason_words(turn.voice, replace(then, reasons=fresh)),
        dates=tuple(dates_in_words(turn.voice, then)),
    )


def _standing(turn: Turn, diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "emoji": EMOJI[diagnosis.state],
        "word": state_word(diagnosis),
        "money": money_in_words(turn.voice, diagnosis),
    }


def _difference(before: Diagnosis, after: Diagnosis) -> Decimal | None:
    """How much less it would be; None where nobody can say, or where it is not less."""
    had, has = before.amounts.net, after.amounts.net
    return had - has if had is not None and has is not None and has < had else None


def may_be_received(judged: Judged) -> bool:
    """Tell whether a line still waits for its buyer's receipt."""
    return judged.diagnosis.state in _NOT_RECEIVED


def _may_be_refunded(judged: Judged) -> bool:
    return judged.diagnosis.state not in _NOTHING_TO_LOSE


def _share_of(share: str, paid: Decimal | None) -> Decimal | None:
    if paid is None:
        return None
    return paid if share == "all" else share_to_fen(paid, Decimal("0.5"))


def _read(text: str) -> Decimal | str | None:
    """Read an amount, or a share of what was paid; None if a text is neither."""
    said = plain(cleaned(text)).strip()
    found = _AMOUNT.fullmatch(said)
    return Decimal(found[1]) if found else _SHARES.get(said)
