"""What an edit of the rules changes, as its page shows it (影响): lines, days, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bot.console.rules.trials import rules_in_force
from bot.console.visit import Visit
from bot.desk.rendering import Voice
from bot.publishing.rule_effects import (
    ChangedLine,
    MovedDay,
    changed_lines,
    moved_days,
)
from bot.store.line_pages import FullLine, last_row
from settlement.comparison import Change
from settlement.model import Platform
from settlement.rulebook import Rulebook

__all__ = ["Effects", "LineTold", "Progress", "Told", "effects_of", "further_effects"]

LINES_AT_ONCE = 500
"""Some tenths of a second of a processor that the bot needs too."""
MOST_TOLD = 50
"""Lines shown of one piece."""
MOST_SHOWN = 300
"""Lines shown of a whole walk; the rest are only counted."""
_DATES = ("visible", "settles", "payout", "closes", "agency_payout")
_UNKNOWN = "–"
_AMOUNTS = ("net", "commission", "returned", "platform_fee")


class Told(NamedTuple):
    """A difference in words; what was not known, or will not be, is a dash."""

    name: str
    before: str
    after: str


class LineTold(NamedTuple):
    """A line with what changes of it; `more` counts what follows from that."""

    line: FullLine
    told: tuple[Told, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a walk over the lines has come: all it judged so far, and where to go on."""

    judged: int = 0
    changed: int = 0
    unreadable: int = 0
    shown: int = 0
    below: int = 0
    all: int = 0


@dataclass(frozen=True, slots=True)
class Effects:
    """A piece of the walk, the walk so far, and the payout days that move.

    `by_itself` is set if the walk is to go on without being asked again.
    """

    lines: tuple[LineTold, ...]
    progress: Progress
    days: tuple[MovedDay, ...]
    by_itself: bool = False


def effects_of(visit: Visit, after: Rulebook, platform: Platform | None) -> Effects:
    """The payout days that other rules move, and the first piece of the lines they change."""
    with visit.reads() as connection:
        newest = last_row(connection)
    return _piece(visit, after, platform, Progress(below=newest + 1, all=newest))


def further_effects(visit: Visit, after: Rulebook, platform: Platform | None) -> Effects:
    """The next piece of the lines, behind where the form says that the walk has come."""
    names = ("judged", "changed", "unreadable", "shown", "below", "all")
    return _piece(visit, after, platform, Progress(*(visit.number(name) or 0 for name in names)))


def _piece(visit: Visit, after: Rulebook, platform: Platform | None, begun: Progress) -> Effects:
    in_force = rules_in_force(visit)
    with visit.reads() as connection:
        piece = changed_lines(
            connection,
            in_force,
            after,
            visit.now,
            below=begun.below,
            platform=platform,
            count=LINES_AT_ONCE,
        )
        # A further piece stands below the days, which are there already.
        days = () if visit.wants_part else moved_days(connection, after, visit.now)
    told = piece.changed[: max(min(MOST_TOLD, MOST_SHOWN - begun.shown), 0)]
    _record(visit, told)
    voice = visit.voice
    progress = Progress(
        begun.judged + piece.judged,
        begun.changed + len(piece.changed),
        begun.unreadable + piece.unreadable,
        begun.shown + len(told),
        piece.below,
        begun.all,
    )
    lines = tuple(_told(voice, each) for each in told)
    goes_on = bool(visit.field("all_of_it")) and not visit.field("stop")
    return Effects(lines, progress, days, goes_on and piece.below > 0)


def _record(visit: Visit, told: Iterable[ChangedLine]) -> None:
    """Each look at an order is recorded, here too."""
    if rows := [each.line.row for each in told]:
        visit.looked("orders_compared", rows=rows)


def _told(voice: Voice, changed: ChangedLine) -> LineTold:
    told = tuple(_in_words(voice, changed.changes))
    return LineTold(changed.line, told, len(changed.changes) - len(told))


def _in_words(voice: Voice, changes: Iterable[Change]) -> Iterator[Told]:
    """The state, the amounts and the dates that change; the rest follows from them."""
    for change in changes:
        head, _, rest = change.path.partition(".")
        name, _, member = rest.partition(".")
        if change.path == "state":
            states = [str(voice.word("states", str(e))) for e in (change.before, change.after)]
            yield Told("", *states)
        elif head == "amounts" and name in _AMOUNTS and not member:
            yield Told(str(voice.word("lines", name)), *_sides(change))
        elif head == "dates" and name in _DATES and member in ("date", "certainty"):
            before, after = _sides(change)
            if member == "certainty":
                before, after = (_vouched(voice, side) for side in (before, after))
            yield Told(str(voice.word("events", name)), before, after)


def _vouched(voice: Voice, certainty: str) -> str:
    return certainty if certainty == _UNKNOWN else str(voice.word("certainty", certainty))


def _sides(change: Change) -> tuple[str, str]:
    before, after = (
        _UNKNOWN if each is None else str(each) for each in (change.before, change.after)
    )
    return before, after
