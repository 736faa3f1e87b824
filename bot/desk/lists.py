"""Many order lines at once: grouped by cause, with totals, a page of buttons (订单列表)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.desk.actions import Verb, fingerprint
from bot.desk.cards import EMOJI, Judged, title_of
from bot.desk.facts import OwnedLine
from bot.desk.keys import Keys
from bot.desk.paging import pager, pages_of
from bot.desk.reasons import state_word
from bot.desk.replies import Button, Rows, Say
from bot.desk.turn import NEW_MESSAGE, Turn
from settlement.diagnosis import diagnose
from settlement.money import ZERO
from settlement.states import State

__all__ = ["PAGE", "groups_of", "judge", "line_button", "page_of", "sorted_by_cause", "sum_of"]

_BY_CAUSE = "g"
"""The place in a list where its causes are offered."""
PAGE = 8
"""Lines of a list that are shown at once."""
_MOST_MISSING = 10
_LONGEST_TITLE = 14
_MOST_URGENT_FIRST = ("💰", "⏰", "⚠️", "🧊", "❓", "⏳", "🔀", "✅", "❌")


@dataclass(frozen=True, slots=True)
class _Group:
    word: tuple[str, str]
    """Section and code of the word for the state."""
    emoji: str
    count: int
    net: Decimal | None
    """The sum of what is known; None if nothing is."""


def judge(turn: Turn, lines: Iterable[OwnedLine]) -> tuple[Judged, ...]:
    """Diagnose lines by the rules and the clock of this turn."""
    return tuple(
        Judged(
            line.row,
            line.order,
            diagnose(line.order, turn.snapshot.rulebook, turn.now),
            line.as_of,
        )
        for line in lines
    )


def sorted_by_cause(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """Put lines of one state together, what asks for action first; else their order stays."""
    return tuple(
        sorted(judged, key=lambda each: (_urgency(each.diagnosis.state), each.diagnosis.state))
    )


def page_of(
    turn: Turn,
    judged: Sequence[Judged],
    place: str,
    verb: Verb,
    prefix: str = "",
    missing: Sequence[str] = (),
    latest_only: bool = False,
) -> Say:
    """Show a page of lines that are sorted already; `verb` and `prefix` name the list.

    `place` is the page, "0"; with the mark of a cause, "0.Ab3x", only its lines are shown;
    "g" offers the causes. `missing` are numbers nothing was found for; with `latest_only`
    there may be older lines.
    """
    number, _, cause = place.partition(".")
    of_cause = [each for each in judged if _mark(state_word(each.diagnosis)) == cause]
    lines, suffix = (of_cause, f".{cause}") if of_cause else (judged, "")
    if place == _BY_CAUSE:
        rows = _causes(turn, judged, verb, prefix)
    else:
        page = min(int(number) if number.isdecimal() else 0, pages_of(len(lines), PAGE) - 1)
        rows = _lines_of_page(turn, lines, page, verb, prefix, suffix)
    return turn.say(
        "list",
        (*rows, *_beside(turn, judged, place, verb, prefix)),
        count=len(lines),
        order=_common_number(judged),
        latest_only=latest_only,
        groups=groups_of(lines),
        by_cause=place == _BY_CAUSE,
        missing=missing[:_MOST_MISSING],
        more_missing=max(0, len(missing) - _MOST_MISSING),
        **_totals(lines),
    )


def _lines_of_page(
    turn: Turn, lines: Sequence[Judged], page: int, verb: Verb, prefix: str, suffix: str
) -> Rows:
    origin = f"{verb}{prefix}{page}{suffix}"
    shown = lines[page * PAGE : (page + 1) * PAGE]
    named = _common_number(lines) is None
    rows = tuple((line_button(turn.keys, each, origin, named=named),) for each in shown)
    around = pager(turn, verb, prefix, page, pages_of(len(lines), PAGE), suffix)
    return (*rows, around) if around else rows


def _causes(turn: Turn, judged: Sequence[Judged], verb: Verb, prefix: str) -> Rows:
    """Offer each cause with how many lines it has and their sum."""
    return tuple(
        (
            turn.button(
                "cause",
                verb,
                f"{prefix}0.{_mark(group.word)}",
                emoji=group.emoji,
                word=turn.voice.word(*group.word),
                count=group.count,
                net=turn.voice.yuan(group.net) if group.net else None,
            ),
        )
        for group in groups_of(judged)
    )


def _mark(word: tuple[str, str]) -> str:
    """Stand for a cause where a token has little room."""
    return fingerprint(word[1])[:4]


def _beside(
    turn: Turn, judged: Sequence[Judged], place: str, verb: Verb, prefix: str
) -> Iterator[tuple[Button, ...]]:
    """What else can be done with a list: seen by cause, saved, subscribed to."""
    if place == _BY_CAUSE or "." in place:
        up = f"{prefix}0" if place == _BY_CAUSE else f"{prefix}{_BY_CAUSE}"
        yield (turn.button("back", verb, up),)
    elif len(judged) > PAGE and len(groups_of(judged)) > 1:
        yield (turn.button("by_cause", verb, f"{prefix}{_BY_CAUSE}"),)
    bell = turn.button("reminders", Verb.REMINDERS, "", NEW_MESSAGE)
    whole = verb is Verb.OWN_ORDERS
    yield (turn.button("sheet", Verb.SHEET), bell) if whole else (bell,)


def line_button(keys: Keys, judged: Judged, origin: str = "", *, named: bool = True) -> Button:
    """Make the button that opens a line's card: state, name, end of its number, amount.

    `named` puts the platform first: two platforms' orders may look alike in all the rest.
    """
    order = judged.order
    platform = keys.voice.text("platforms_in_short", order.platform) if named else None
    label = keys.voice.text(
        "buttons",
        "line",
        emoji=EMOJI[judged.diagnosis.state],
        platform=platform,
        title=title_of(order)[:_LONGEST_TITLE],
        end=order.order_number[-4:],
        amount=keys.voice.yuan(judged.net) if judged.net else None,
    )
    return keys.press(label, Verb.CARD, judged.row, origin)


def _common_number(judged: Sequence[Judged]) -> str | None:
    """Return the order number if all lines are items of one order."""
    orders = {(each.order.platform, each.order.order_number) for each in judged}
    return judged[0].order.order_number if len(orders) == 1 else None


def _urgency(state: State) -> int:
    return _MOST_URGENT_FIRST.index(EMOJI[state])


def groups_of(judged: Sequence[Judged]) -> list[_Group]:
    """Sum up the lines of each state, in the order in which the states appear."""
    groups: dict[tuple[str, str], list[Judged]] = {}
    for each in judged:
        groups.setdefault(state_word(each.diagnosis), []).append(each)
    return [_group(word, members) for word, members in groups.items()]


def _group(word: tuple[str, str], judged: Sequence[Judged]) -> _Group:
    return _Group(word, EMOJI[judged[0].diagnosis.state], len(judged), sum_of(judged))


def _totals(judged: Sequence[Judged]) -> dict[str, Decimal | int | None]:
    """Add up what is still to come and what was paid; count what has no amount yet."""
    paid = [each for each in judged if each.diagnosis.state is State.PAID]
    coming = [each for each in judged if each.diagnosis.state is not State.PAID]
    undecided = [
        each for each in judged if each.net is None and each.diagnosis.state is not State.SPLIT
    ]
    return {"coming": sum_of(coming), "paid": sum_of(paid), "undecided": len(undecided)}


def sum_of(judged: Iterable[Judged]) -> Decimal | None:
    """Add up what is left for the creator, as far as it is known; None if nothing is."""
    known = [each.net for each in judged if each.net is not None]
    return sum(known, ZERO) if known else None
