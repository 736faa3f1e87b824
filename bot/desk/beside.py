"""Order numbers in a message, and what is asked beside them (订单号与问题).

A pasted table is numbers and their circumstances: what stands in a row beside its number is no
question.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.desk import orders
from bot.desk.asking import answer_parts, parts_of, together
from bot.desk.phrases import beyond_the_card
from bot.desk.replies import Answered
from bot.desk.turn import Turn
from knowledge.outcome import Part
from knowledge.splitting import asks
from settlement.order_number import FoundNumber, without_numbers

__all__ = ["answer_numbers"]

_TABLE = 3
"""So many lines with a number each are a table."""


def answer_numbers(turn: Turn, text: str, numbers: Sequence[FoundNumber]) -> Answered:
    """Answer order numbers and whatever is asked before or after them, in this order."""
    looked_up = orders.look_up(turn, numbers)
    rest = _beside(text, numbers)
    if not beyond_the_card(rest):
        return looked_up
    parts = [part for part in parts_of(turn, rest) if _is_question(part, numbers)]
    first = [part for part in parts if part.text.strip() in text[: numbers[0].start]]
    later = [part for part in parts if part not in first]
    before, after = answer_parts(turn, first), answer_parts(turn, later)
    table = looked_up.dialogue
    left = after.dialogue if later else before.dialogue
    dialogue = replace(left, row=table.row, rows=table.rows, missing=table.missing)
    return together(together(before, looked_up, dialogue), after, dialogue)


def _is_question(part: Part, numbers: Sequence[FoundNumber]) -> bool:
    """Tell what asks for more than the cards say; beside several numbers it must ask in words."""
    return beyond_the_card(part.text) and (len(numbers) == 1 or asks(part.text))


def _beside(text: str, numbers: Sequence[FoundNumber]) -> str:
    """Return what was said beside the numbers."""
    rows = _rows_with_numbers(text, numbers)
    if len(rows) < _TABLE:
        return without_numbers(text, numbers)
    kept = [line for at, line in enumerate(text.split("\n")) if at not in rows]
    return "\n".join(kept)


def _rows_with_numbers(text: str, numbers: Sequence[FoundNumber]) -> set[int]:
    return {text.count("\n", 0, number.start) for number in numbers}
