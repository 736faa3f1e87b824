"""Whose a link is: what it says of its promoter, beside what the asker is called (链接归属)."""

from collections.abc import Sequence

from bot.desk.asking import together
from bot.desk.facts import Promoter
from bot.desk.links import Link, find_links, without_links
from bot.desk.phrases import about_link, mine
from bot.desk.pieces import answer_pieces
from bot.desk.replies import Answered, Say
from bot.desk.turn import Turn
from knowledge.splitting import asks, pieces_of

__all__ = ["answer_links", "asks_whose"]

_SLOTS = frozenset({"pid", "position_id"})
"""Kinds of names that stand for a promotion slot (推广位), which every link of a creator has."""


def asks_whose(text: str) -> bool:
    """Tell whether a message asks whose a link is; one that names a promoter asks by itself."""
    links = find_links(text)
    telling = any(link.promoters or link.hidden for link in links)
    return bool(links) and (telling or about_link(without_links(text)))


def answer_links(turn: Turn, text: str) -> Answered:
    """Say of each link whether it is the asker's, then answer what else is asked."""
    if not turn.bound:
        return turn.answered(turn.unbound())
    said = turn.answered(_say(turn, find_links(text)), dialogue=turn.facts.dialogue)
    rest = [piece for piece in pieces_of(without_links(text)) if _asks_more(piece)]
    if not rest:
        return said
    other = answer_pieces(turn, " ".join(rest))
    return together(said, other, other.dialogue)


def _asks_more(piece: str) -> bool:
    return asks(piece) and "://" not in piece and not about_link(piece) and not mine(piece)


def _say(turn: Turn, links: Sequence[Link]) -> Say:
    told = [
        {
            "outcome": _outcome(link, turn.facts.promoters),
            "platform": turn.voice.word("platforms", link.platform) if link.platform else None,
            "promoter": _shown(link, turn.facts.promoters),
        }
        for link in links
    ]
    return turn.say("whose_link", links=told)


def _outcome(link: Link, promoters: Sequence[Promoter]) -> str:
    if link.platform is None:
        return "elsewhere"
    if not link.promoters:
        return "hidden" if link.hidden else "plain"
    own = _numbered(link, promoters)
    if any(_is_called(each, link.promoters) for each in own):
        return "own"
    # Of an account that is known, the slots are not: nobody is told that a link is not theirs.
    return "foreign" if any(each.hint in _SLOTS for each in own) else "unregistered"


def _numbered(link: Link, promoters: Sequence[Promoter]) -> list[Promoter]:
    """Choose what can stand in a link: "mm_1_2_3" or "30012", not a name people gave a slot."""
    return [
        each
        for each in promoters
        if each.platform is link.platform
        and each.value.isascii()
        and any(map(str.isdigit, each.value))
    ]


def _shown(link: Link, promoters: Sequence[Promoter]) -> str | None:
    """Name the promoter that is the asker's; else the most telling."""
    own = _numbered(link, promoters)
    known = (each for each in link.promoters if any(_is_called(one, (each,)) for one in own))
    return next(known, link.promoters[0] if link.promoters else None)


def _is_called(promoter: Promoter, called: Sequence[str]) -> bool:
    """Compare whole names, and Taobao's last of three parts, which reports have alone."""
    name = promoter.value.casefold()
    names = {each.casefold() for each in called}
    last = {each.rpartition("_")[2] for each in names if each.startswith("mm_")}
    return name in names or name in last
