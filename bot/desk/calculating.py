"""/calc: a small menu of calculators that ask for what they need (算一算)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from bot.desk.actions import Action, Verb
from bot.desk.calculated import shown_figure, shown_result
from bot.desk.facts import Role
from bot.desk.figures_said import NEVER, read_figure
from bot.desk.keys import in_rows
from bot.desk.markup import plain
from bot.desk.replies import Answered, Button, Say
from bot.desk.turn import Turn
from bot.shipped_tables import shipped_table
from settlement.calculators import CalculationError, calculate
from settlement.rulebook import RuleUnknownError
from settlement.shanghai import day_of

__all__ = [
    "WAITING_FOR_FIGURE",
    "hear_figure",
    "is_figure",
    "offered_calculators",
    "press",
    "show_calculators",
]

WAITING_FOR_FIGURE = "figure"
"""The dialogue waits for a figure; `given` holds the calculator and, as JSON, those before it."""
_MONTHS_OFFERED = 4
_LONGEST_FIGURE = 40


@dataclass(frozen=True, slots=True)
class Form:
    """What a calculator is offered to and asks for (计算器的填写项)."""

    name: str
    asks: Mapping[str, str | Sequence[str]]
    given: Mapping[str, str]
    merchants_only: bool = False


@cache
def offered_calculators() -> Mapping[str, Form]:
    """The calculators of the chat by name, in their order."""
    return {
        name: Form(name, told["asks"], told.get("given", {}), told.get("for") == "merchant")
        for name, told in shipped_table("desk", "calculators.yaml").items()
    }


def show_calculators(turn: Turn) -> Answered:
    """Answer /calc."""
    return turn.answered(turn.placed(_menu(turn)))


def press(turn: Turn, action: Action) -> Answered | None:
    """Show the menu, begin a calculation, or take a figure that was offered."""
    name, _, rest = action.subject.partition(".")
    if not name:
        return show_calculators(turn)
    form = offered_calculators().get(name)
    if form is None or not turn.private:
        return None
    if not rest:
        return _go_on(turn, form, ())
    step, _, chosen = rest.partition(".")
    given = _given(turn, form)
    if given is None or step != str(len(given)):
        return None
    value = _chosen(turn, _kind(form, len(given)), chosen)
    return None if value is None else _go_on(turn, form, (*given, value))


def hear_figure(turn: Turn, text: str) -> Answered | None:
    """Take a typed figure, or ask for it again; None for what can be no figure."""
    form = _form_on_the_table(turn)
    given = _given(turn, form) if form else None
    if form is None or given is None or len(text) > _LONGEST_FIGURE:
        return None
    value = _typed(turn, form, len(given), text)
    if value is None:
        return _ask(turn, form, given, again=True)
    return _go_on(turn, form, (*given, value))


def is_figure(turn: Turn, text: str) -> bool:
    """Tell whether a text is a figure that was just asked for."""
    form = _form_on_the_table(turn)
    given = _given(turn, form) if form else None
    return (
        form is not None and given is not None and _typed(turn, form, len(given), text) is not None
    )


def _form_on_the_table(turn: Turn) -> Form | None:
    given = turn.facts.dialogue.given
    return offered_calculators().get(given[0]) if given else None


def _menu(turn: Turn) -> Say:
    merchant = turn.facts.role is Role.MERCHANT
    rows = tuple(
        (turn.press(turn.voice.text("calculators", form.name), Verb.CALCULATE, form.name),)
        for form in offered_calculators().values()
        if merchant or not form.merchants_only
    )
    return turn.say("calculators", rows)


def _given(turn: Turn, form: Form) -> tuple[object, ...] | None:
    """What was entered so far; None if this calculator waits for nothing."""
    dialogue = turn.facts.dialogue
    if dialogue.waiting_for != WAITING_FOR_FIGURE or dialogue.given[:1] != (form.name,):
        return None
    entered = tuple(json.loads(each) for each in dialogue.given[1:])
    return entered if len(entered) < len(form.asks) else None


def _kind(form: Form, place: int) -> str | Sequence[str]:
    return tuple(form.asks.values())[place]


def _chosen(turn: Turn, kind: str | Sequence[str], chosen: str) -> object | None:
    """Read a figure from a button, which has the same form as a typed one."""
    if isinstance(kind, str):
        return read_figure(kind, chosen, day_of(turn.now))
    return chosen if chosen in kind else None


def _typed(turn: Turn, form: Form, place: int, text: str) -> object | None:
    """Read a typed figure; words to choose from may be typed too."""
    kind = _kind(form, place)
    if isinstance(kind, str):
        return read_figure(kind, text, day_of(turn.now))
    field = tuple(form.asks)[place]
    labels = {turn.voice.text("choices", f"{field}_{word}"): word for word in kind}
    return labels.get(text.strip())


def _go_on(turn: Turn, form: Form, given: tuple[object, ...]) -> Answered:
    if len(given) < len(form.asks):
        return _ask(turn, form, given)
    return turn.answered(turn.placed(_result(turn, form, given)))


def _ask(turn: Turn, form: Form, given: tuple[object, ...], *, again: bool = False) -> Answered:
    """Ask for the next figure; it is remembered which, so a restart changes nothing."""
    field = tuple(form.asks)[len(given)]
    kind = _kind(form, len(given))
    choices = in_rows([*_choices(turn, form, given, field, kind)])
    asked = turn.say(
        "ask_figure",
        (*choices, turn.cancelling()),
        name=form.name,
        field=field,
        kind=kind if isinstance(kind, str) else "choice",
        entered=_entered(turn, form, given),
        again=again,
    )
    entered = (form.name, *(json.dumps(each) for each in given))
    left = replace(
        turn.facts.dialogue, waiting_for=WAITING_FOR_FIGURE, given=entered, pending_text=None
    )
    return turn.answered(turn.placed(asked), dialogue=left)


def _choices(
    turn: Turn, form: Form, given: tuple[object, ...], field: str, kind: str | Sequence[str]
) -> Iterator[Button]:
    """Offer what can be tapped instead of typed."""
    here = f"{form.name}.{len(given)}"
    offered: Sequence[str] = ()
    if kind == "month":
        for day in _last_months(day_of(turn.now)):
            label = plain(turn.voice.month(day))
            yield turn.press(label, Verb.CALCULATE, f"{here}.{day}")
        return
    if kind == "yes_no":
        offered = ("yes", "no")
    elif kind == "day_or_never":
        offered = (NEVER,)
    elif not isinstance(kind, str):
        offered = kind
    for word in offered:
        label = word if kind == "yes_no" else f"{field}_{word}"
        yield turn.press(turn.voice.text("choices", label), Verb.CALCULATE, f"{here}.{word}")


def _last_months(today: date) -> list[date]:
    """The last days of this month and of those before it, the earliest first."""
    months = [today.replace(day=1)]
    while len(months) < _MONTHS_OFFERED:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    following = [(each + timedelta(days=31)).replace(day=1) for each in reversed(months)]
    return [each - timedelta(days=1) for each in following]


def _entered(turn: Turn, form: Form, given: Sequence[object]) -> list[tuple[str, object]]:
    """What was entered, in words, to be read again."""
    return [
        (field, shown_figure(turn.voice, field, kind, value))
        for (field, kind), value in zip(form.asks.items(), given, strict=False)
    ]


def _result(turn: Turn, form: Form, given: Sequence[object]) -> Say:
    """Reckon as `mingzhang calc` does, and say it in words."""
    raw = {
        field: None if value == NEVER else value
        for field, value in zip(form.asks, given, strict=True)
    }
    fixed = {
        name: turn.now.isoformat() if value == "now" else value
        for name, value in form.given.items()
    }
    try:
        result = calculate(form.name, raw | fixed, turn.snapshot.rulebook)
    except RuleUnknownError:
        result = CalculationError(None, "")
    known = None if isinstance(result, CalculationError) else shown_result(turn.voice, result)
    rows = (
        (
            turn.button("calculate_again", Verb.CALCULATE, form.name),
            turn.button("calculators", Verb.CALCULATE),
        ),
    )
    entered = _entered(turn, form, given)
    return turn.say("calculation", rows, name=form.name, entered=entered, result=known)
