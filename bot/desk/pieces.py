"""A message in words, piece by piece: orders asked for by what they are, and questions (分段)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from bot.desk.asking import answer_in_words, parts_of, together
from bot.desk.facts import OwnedLine
from bot.desk.finding import found_lines, nothing_found, sought_in
from bot.desk.orders import ORDER_NUMBER
from bot.desk.privately import in_private_only
from bot.desk.replies import Answered
from bot.desk.sought import Sought
from bot.desk.turn import Turn
from knowledge.outcome import Answer, Choices, Clarify
from knowledge.splitting import asks, pieces_of

__all__ = ["answer_pieces", "sought_by_pieces"]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a message; `sought` if it asks for an order, `lines` what was found of it."""

    text: str
    sought: Sought | None
    lines: tuple[OwnedLine, ...] = ()


def sought_by_pieces(text: str) -> tuple[Sought, ...]:
    """Return the orders a message asks for by what they are, in their order."""
    return tuple(each.sought for each in _pieces(text) if each.sought is not None)


def answer_pieces(turn: Turn, text: str) -> Answered:
    """Answer what a message asks for, piece by piece and in order."""
    pieces = _loaded(turn, text)
    if not any(_is_taken(turn, each) for each in pieces):
        return answer_in_words(turn, parts_of(turn, text))
    answers = list(_answers(turn, pieces))
    answered = answers[0]
    for each in answers[1:]:
        table = answered.dialogue
        left = each.dialogue
        if left.row is None and not left.rows:
            left = replace(left, row=table.row, rows=table.rows)
        answered = together(answered, each, left)
    return answered


def _answers(turn: Turn, pieces: Sequence[_Piece]) -> Iterator[Answered]:
    """Answer the orders and, between them, what asks something; thanks need no answer here."""
    telling = [each for each in pieces if _is_taken(turn, each) or asks(each.text)]
    for taken, group in groupby(telling, lambda each: _is_taken(turn, each)):
        if taken:
            yield from (_find(turn, each) for each in group)
        else:
            yield answer_in_words(turn, parts_of(turn, " ".join(each.text for each in group)))


def _find(turn: Turn, piece: _Piece) -> Answered:
    """Show what was found; of days and platforms alone, beside what is known of the question."""
    if not turn.private:
        return in_private_only(turn)
    if not turn.bound:
        return turn.answered(turn.unbound())
    if piece.sought is None or not piece.lines:
        return turn.answered(*(nothing_found(turn, each) for each in filter(None, [piece.sought])))
    found = found_lines(turn, piece.sought, piece.lines)
    if piece.sought.words or not asks(piece.text) or not _is_known(turn, piece):
        return found
    known = answer_in_words(turn, parts_of(turn, piece.text))
    return together(known, found, found.dialogue)


def _is_taken(turn: Turn, piece: _Piece) -> bool:
    """Tell whether a piece is answered with orders; what the answers surely know goes to them."""
    sought = piece.sought
    if sought is None:
        return False
    if piece.lines:
        return True
    if sought.only_if_asked:
        return sought.follows and turn.bound and _is_open(turn, sought)
    outcome = turn.snapshot.ask(piece.text).parts[0].outcome
    if isinstance(outcome, Choices | Clarify):
        return sought.pointed and not asks(piece.text)
    return not isinstance(outcome, Answer)


def _is_known(turn: Turn, piece: _Piece) -> bool:
    return isinstance(turn.snapshot.ask(piece.text).parts[0].outcome, Answer)


def _is_open(turn: Turn, sought: Sought) -> bool:
    """Tell whether the last message leaves open what a mere name or day may answer."""
    dialogue = turn.facts.dialogue
    return dialogue.waiting_for == ORDER_NUMBER or (sought.follows and dialogue.shows_orders)


def _loaded(turn: Turn, text: str) -> list[_Piece]:
    """Put what was found beside the pieces it was looked for."""
    found = iter(turn.facts.found)
    return [
        replace(piece, lines=next(found, ())) if piece.sought is not None else piece
        for piece in _pieces(text)
    ]


# Asked several times for a message, and popular questions come again and again.
@lru_cache(maxsize=512)
def _pieces(text: str) -> tuple[_Piece, ...]:
    pieces: list[_Piece] = []
    for piece in pieces_of(text):
        sought = sought_in(piece)
        # "淘宝退款扣吗？京东呢？" goes on about the rule, not about orders shown before.
        if sought is not None and sought.follows and pieces and pieces[-1].sought is None:
            sought = None
        pieces.append(_Piece(piece, sought))
    return tuple(pieces)
