"""Order numbers in a message, and what is asked beside them (订单号与问题).

A pasted table is numbers and their circumstances: what stands in a row beside its number is no
question.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.desk import orders
from bot.desk.asking import answer_parts, parts_of, together
from bot.desk.facts import Dialogue
from bot.desk.phrases import beyond_the_card, names_platform
from bot.desk.replies import Answered
from bot.desk.turn import Turn
from knowledge.splitting import asks, pieces_of
from settlement.order_number import (
    FoundNumber,
    find_order_numbers,
    numbers_beyond,
    without_numbers,
)

__all__ = ["answer_numbers"]

_TABLE = 3
"""So many lines with a number each are a table."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence without its order numbers."""

    text: str
    numbered: bool


def answer_numbers(turn: Turn, text: str, numbers: Sequence[FoundNumber]) -> Answered:
    """Answer order numbers and whatever is asked before or after them, in this order."""
    looked_up = orders.look_up(turn, numbers)
    pieces = list(_pieces(text))
    first = next((at for at, piece in enumerate(pieces) if piece.numbered), 0)
    table = looked_up.dialogue
    platform = _other_platform(turn, table)
    before = _ask(turn, [piece for piece in pieces[:first] if _is_question(piece)], platform)
    after = _ask(turn, [piece for piece in pieces[first:] if _is_question(piece)], platform)
    left = after.dialogue if after.replies else replace(before.dialogue, topic=table.topic)
    dialogue = replace(left, row=table.row, rows=table.rows, missing=table.missing)
    answered = together(together(before, looked_up, dialogue), after, dialogue)
    beyond = numbers_beyond(text) if len(numbers) > _TABLE else 0
    if not beyond:
        return answered
    count = len(numbers) + beyond
    left_out = turn.say("too_many_numbers", most=len(numbers), count=count, beyond=beyond)
    return replace(answered, replies=(*answered.replies, left_out))


def _ask(turn: Turn, pieces: Sequence[_Piece], platform: str) -> Answered:
    """Answer what is asked; with a `platform`, of that one unless it names one itself."""
    if not pieces:
        return turn.answered()
    text = " ".join(piece.text for piece in pieces)
    asked = text if not platform or names_platform(text) else f"{platform} {text}"
    return answer_parts(turn, parts_of(turn, asked))


def _other_platform(turn: Turn, table: Dialogue) -> str:
    """Name the orders' platform if the talk was of another; else empty."""
    rows = {table.row, *table.rows}
    platforms = {str(line.order.platform) for line in turn.facts.lines if line.row in rows}
    topic = turn.snapshot.knowledge.entries.get(turn.facts.dialogue.topic or "")
    if len(platforms) != 1 or topic is None or topic.platform in ("general", *platforms):
        return ""
    return turn.voice.text("platforms_in_short", platforms.pop())


def _is_question(piece: _Piece) -> bool:
    """Tell what asks for more than the cards say.

    A sentence of its own may ask what a card says too, but of a platform.
    """
    own = not piece.numbered and names_platform(piece.text)
    return asks(piece.text) and (own or beyond_the_card(piece.text))


def _pieces(text: str) -> Iterator[_Piece]:
    """Cut a message into sentences; the rows of a table are one piece that says nothing."""
    lines = text.split("\n")
    rows = {at for at, line in enumerate(lines) if find_order_numbers(line)}
    if len(rows) < _TABLE:
        yield from map(_piece, pieces_of(text))
        return
    yield from map(_piece, pieces_of("\n".join(lines[: min(rows)])))
    yield _Piece("", numbered=True)
    rest = [line for at, line in enumerate(lines) if at > min(rows) and at not in rows]
    yield from map(_piece, pieces_of("\n".join(rest)))


def _piece(text: str) -> _Piece:
    numbers = find_order_numbers(text)
    return _Piece(without_numbers(text, numbers), bool(numbers))
