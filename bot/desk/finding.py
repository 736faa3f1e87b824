"""Orders found by item, shop, day or platform among one's own (找单)."""

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from bot.desk import orders
from bot.desk.facts import OwnedLine
from bot.desk.markup import fit
from bot.desk.phrases import (
    asks_for_orders,
    beyond_the_card,
    command_of,
    continues,
    name_words,
    named_platforms,
    points_at_order,
    without_platforms,
)
from bot.desk.replies import Answered, Reply, Say
from bot.desk.saying_days import find_days
from bot.desk.sought import MOST_FOUND, Sought
from bot.desk.turn import Turn
from knowledge.normalise import cleaned
from knowledge.splitting import asks
from settlement.shanghai import day_of

__all__ = ["found_lines", "nothing_found", "sought_in"]

_MOST_WORDS = 3
_LONGEST_NAME = 24
"""Characters of a message that may be a name and nothing else."""


def sought_in(text: str) -> Sought | None:
    """Read which of their orders somebody asks for; None if the text does not say.

    A text without a word for an order counts only as the answer to the question which one.
    """
    said = cleaned(text)
    days = find_days(said)
    rest = f"{said[: days.start]} {said[days.end :]}" if days else said
    sought = Sought(
        name_words(without_platforms(rest))[:_MOST_WORDS],
        days.days if days else None,
        named_platforms(rest),
        pointed=days is not None or points_at_order(said),
    )
    if asks_for_orders(said):
        return sought if _says_which(said, rest, sought) else None
    return _name_alone(text, rest, sought)


def found_lines(turn: Turn, sought: Sought, lines: Sequence[OwnedLine]) -> Answered:
    """Show the one line that fits, or a list of several under the days that were meant."""
    shown = orders.show_lines(turn, lines, latest_only=len(lines) == MOST_FOUND)
    if sought.days is None or len(lines) == 1:
        return shown
    heading = turn.voice.html("found_by", sought=_in_words(turn, sought))
    return replace(shown, replies=tuple(_headed(heading, each) for each in shown.replies))


def nothing_found(turn: Turn, sought: Sought) -> Say:
    """Say what was looked for in vain, as for a number."""
    return turn.say("nothing_found", sought=_in_words(turn, sought))


def _in_words(turn: Turn, sought: Sought) -> Markup:
    """Say the days that were meant, the platforms, and the words of a name."""
    voice = turn.voice
    parts = [voice.word("platforms", each) for each in sought.platforms]
    parts += [voice.word("sought", "name", name=each) for each in sought.words]
    if days := sought.days and sought.days.range(day_of(turn.now)):
        last = voice.day(days.last) if days.last != days.first else None
        parts.insert(0, voice.word("sought", "days", first=voice.day(days.first), last=last))
    return Markup(" · ").join(parts)


def _headed(heading: str, reply: Reply) -> Reply:
    return (
        replace(reply, html=fit(f"{heading}\n{reply.html}")) if isinstance(reply, Say) else reply
    )


def _says_which(said: str, rest: str, sought: Sought) -> bool:
    """Tell whether a text with a word for an order says which one, and not a rule's matter."""
    if sought.days is None and not sought.words:
        return bool(sought.platforms) and not beyond_the_card(rest) and not _asks_more(said)
    return sought.pointed or not _asks_more(said)


def _name_alone(text: str, rest: str, sought: Sought) -> Sought | None:
    """Take a short text that asks nothing for a name, a day or a platform ("那天猫呢？")."""
    said = cleaned(text)
    if len(rest) > _LONGEST_NAME or _asks_more(said) or command_of(text) is not None:
        return None
    if not (sought.words or sought.days or sought.platforms):
        return None
    follows = not sought.words and (sought.days is not None or continues(said))
    return replace(sought, only_if_asked=True, follows=follows)


def _asks_more(said: str) -> bool:
    """Tell a real question from a mere "有没有…" or "…呢？"."""
    return asks(said.replace("有没有", "").rstrip("?？呢 "))
