"""The buttons of a push (推送按钮): three rows; the rarer ones unfold in their place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.desk.actions import Action, Verb
from bot.desk.cards import Judged
from bot.desk.facts import Wanted
from bot.desk.keys import Keys
from bot.desk.lists import judge, line_button
from bot.desk.replies import Answered, Button, Rearrange, Rows
from bot.desk.turn import NEW_MESSAGE, Presses, Turn
from bot.reminders import Push, PushKind

__all__ = ["PRESSES", "rows_of", "wanted"]

_NAMED_LINES = 2
_SNOOZED = (PushKind.PAYOUT, PushKind.ARRIVED)
"""What may come again tomorrow; what is said ahead comes again by itself."""
_LETTERS = {
    PushKind.AHEAD: "b",
    PushKind.PAYOUT: "p",
    PushKind.ARRIVED: "a",
    PushKind.UPDATE: "u",
    PushKind.DIGEST: "d",
    PushKind.MISSED: "m",
}
"""What stands for a kind in a token, where there is little room."""
_SUBJECT = re.compile(r"(\d{1,18})\.([a-z])(\d{8})\.(\d{1,18})\.(\d{1,6})\.([mf])", re.ASCII)


@dataclass(frozen=True, slots=True)
class _About:
    """What a push is about, as far as its buttons need it.

    `lines` are the first ones, by which it is known again; `count` is how many there were.
    """

    kind: PushKind
    platform: str
    day: date
    lines: tuple[Judged, ...]
    count: int

    @property
    def alone(self) -> bool:
        """Whether it is about one line."""
        return self.count == 1

    @property
    def payout_day(self) -> str:
        """Name the payout day, and the line if there is only one."""
        row = self.lines[0].row if self.alone and self.lines else 0
        return f"{self.platform}.{self.day:%Y%m%d}.{row}"

    def unfolding(self, way: str) -> str:
        """Name the push in a button that unfolds it ("m") or folds it again ("f")."""
        rows = [each.row for each in self.lines[:_NAMED_LINES]]
        first, second = (*rows, 0, 0)[:2]
        return f"{first}.{_LETTERS[self.kind]}{self.day:%Y%m%d}.{second}.{self.count}.{way}"


def rows_of(keys: Keys, push: Push, judged: Sequence[Judged]) -> Rows:
    """Offer what one can do about a push; to stop it is at most one press away."""
    if not judged:
        own_orders = keys.button("own_orders", Verb.OWN_ORDERS, "", NEW_MESSAGE)
        return ((own_orders,), _stopping(keys))
    lines = tuple(judged[:_NAMED_LINES])
    return _folded(keys, _About(push.kind, str(push.platform), push.day, lines, len(judged)))


def wanted(action: Action) -> Wanted:
    """Say what unfolding needs loaded: the lines, if they are still the person's."""
    found = _SUBJECT.fullmatch(action.subject)
    rows = (int(found[1]), int(found[4])) if found else ()
    return Wanted(rows=tuple(row for row in rows if row))


def _unfold(turn: Turn, action: Action) -> Answered | None:
    """Show the other buttons of a push in the place of these."""
    found, message = _SUBJECT.fullmatch(action.subject), turn.incoming.message
    about = _about(turn, found) if found else None
    if found is None or about is None or message is None:
        return None
    rows = _unfolded(turn.keys, about) if found[6] == "m" else _folded(turn.keys, about)
    shown = Rearrange(message, rows)
    return turn.answered(*turn.toast(), shown, dialogue=turn.facts.dialogue)


def _about(turn: Turn, found: re.Match[str]) -> _About | None:
    """Read what the push is about; None if none of its lines is the person's any more."""
    kind = next((kind for kind, letter in _LETTERS.items() if letter == found[2]), None)
    rows = (int(found[1]), int(found[4]))
    lines = judge(turn, (each for row in rows for each in turn.facts.lines if each.row == row))
    if kind is None or not lines or lines[0].row != rows[0]:
        return None
    day = date.fromisoformat(found[3])
    return _About(kind, str(lines[0].order.platform), day, lines, int(found[5]))


def _folded(keys: Keys, about: _About) -> Rows:
    more = keys.button("more_of_push", Verb.PUSH_MORE, about.unfolding("m"))
    rest: list[Button] = []
    if about.alone:
        rest.append(keys.button("see_order", Verb.CARD, about.lines[0].row, NEW_MESSAGE))
    elif about.count > len(about.lines):
        rest.append(keys.button("own_orders", Verb.OWN_ORDERS, "", NEW_MESSAGE))
    if about.kind in _SNOOZED:
        rest.append(_later(keys, about, 1))
    return (*_answers(keys, about), *_named_lines(keys, about), (*rest, more))


def _unfolded(keys: Keys, about: _About) -> Rows:
    row = about.lines[0].row
    details: list[Button] = []
    if about.alone and about.kind not in (PushKind.UPDATE, PushKind.ARRIVED):
        details = [
            keys.button("amounts", Verb.AMOUNTS, row, NEW_MESSAGE),
            keys.button("timeline", Verb.TIMELINE, row, NEW_MESSAGE),
        ]
    quieter: list[Button] = []
    if about.kind in _SNOOZED:
        quieter.append(_later(keys, about, 3))
    if about.alone:
        quieter.append(keys.button("stop_line", Verb.MUTE, row, NEW_MESSAGE))
    fold = keys.button("back", Verb.PUSH_MORE, about.unfolding("f"))
    rows = (tuple(details), (*quieter, fold), _stopping(keys))
    return tuple(each for each in rows if each)


def _answers(keys: Keys, about: _About) -> Rows:
    if about.kind is not PushKind.ARRIVED:
        return ()
    arrived = keys.button("arrived", Verb.ARRIVED, about.payout_day)
    return ((arrived, keys.button("not_arrived", Verb.NOT_ARRIVED, about.payout_day)),)


def _named_lines(keys: Keys, about: _About) -> Rows:
    """Lead into each of several lines, as far as there is room beside the rest."""
    if about.alone:
        return ()
    shown = about.lines[: 1 if about.kind is PushKind.ARRIVED else _NAMED_LINES]
    return tuple((line_button(keys, each, NEW_MESSAGE),) for each in shown)


def _later(keys: Keys, about: _About, days: int) -> Button:
    return keys.button(f"later_{days}", Verb.SNOOZE, f"{about.kind}.{days}.{about.payout_day}")


def _stopping(keys: Keys) -> tuple[Button, ...]:
    manage = keys.button("manage_reminders", Verb.REMINDERS, "", NEW_MESSAGE)
    return (manage, keys.button("stop_all", Verb.UNSUBSCRIBE, "", NEW_MESSAGE))


PRESSES: Presses = {Verb.PUSH_MORE: _unfold}
