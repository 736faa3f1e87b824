"""A message cut into the pieces that may be questions of their own (拆分)."""

import re

__all__ = ["asks", "pieces_of"]

_MOST_PIECES = 6
_SHORTEST_QUESTION = 6
_STOPS = frozenset("?？!！。；;\n\r…")
_PAUSES = frozenset(",，、~～ ")
_JOINTS = ("还有", "另外", "顺便", "再问", "以及", "第二", "二是", "also ", "and ")
_ASKING = re.compile(
    "[?？吗呢么]|人工|怎|咋|啥|哪|谁|(?<![好这前过])几[号天时个]|多少|多久|多长|何时|如何|为何|是否|能否|可否|有没有|要不要|会不会|"
    "能不能|可不可以|是不是|算不算|行不行|嗎|麼|誰|幾|"
    r"\b(?:how|when|why|what|where|which|who|can|do|does|is|are|will|should)\b",
    re.IGNORECASE,
)


def pieces_of(message: str) -> tuple[str, ...]:
    """Cut after sentence stops, and at a pause that stands between two questions.

    More than a few pieces are no list of questions; the last one then holds the rest.
    """
    pieces: list[str] = []
    start = 0
    for at, character in enumerate(message):
        if character in _STOPS:
            pieces.append(message[start : at + 1])
            start = at + 1
    pieces.append(message[start:])
    spoken = [part for piece in pieces for part in _at_pauses(piece) if _says_something(part)]
    if len(spoken) <= _MOST_PIECES:
        return tuple(part.strip() for part in spoken)
    return (*spoken[: _MOST_PIECES - 1], "".join(spoken[_MOST_PIECES - 1 :]))


def asks(text: str) -> bool:
    """Say whether a text has the mark or a word of a question."""
    return _ASKING.search(text) is not None


def _at_pauses(piece: str) -> list[str]:
    """Cut where what lies before and after the pause each asks something."""
    parts: list[str] = []
    start = 0
    for at in range(len(piece)):
        if not _pauses(piece, at):
            continue
        if _is_question(piece[start:at]) and _begins_question(piece[at + 1 :]):
            parts.append(piece[start : at + 1])
            start = at + 1
    return [*parts, piece[start:]]


def _pauses(piece: str, at: int) -> bool:
    """A space between Latin words is no pause, nor is any after 呢, which only names a thing."""
    before, after = piece[max(0, at - 1) : at], piece[at + 1 : at + 2]
    if piece[at] == " " and (before + after).isascii():
        return False
    return piece[at] in _PAUSES and before != "呢"


def _begins_question(rest: str) -> bool:
    clause = rest.lstrip("".join(_PAUSES))
    ends = [at for at, character in enumerate(clause) if character in _PAUSES]
    return _is_question(clause[: ends[0]] if ends else clause) or clause.startswith(_JOINTS)


def _is_question(clause: str) -> bool:
    return sum(map(str.isalnum, clause)) >= _SHORTEST_QUESTION and asks(clause)


def _says_something(piece: str) -> bool:
    return any(map(str.isalnum, piece))
