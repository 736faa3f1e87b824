"""A message cut into the pieces that may be questions of their own (拆分)."""

__all__ = ["MOST_PIECES", "pieces_of"]

MOST_PIECES = 6
"""More questions in one message are not answered one by one."""

_STOPS = frozenset("?？!！。；;\n\r…")
_JOINTS = ("还有就是", "还有", "另外", "顺便", "再问", "以及", "also ", "and also ")


def pieces_of(message: str) -> tuple[str, ...]:
    """Cut after sentence stops, and at commas before words that begin another question."""
    pieces: list[str] = []
    start = 0
    for at, character in enumerate(message):
        begins_another = character in ",，、 " and message.startswith(_JOINTS, at + 1)
        if character in _STOPS or begins_another:
            pieces.append(message[start : at + 1])
            start = at + 1
    pieces.append(message[start:])
    spoken = [piece.strip() for piece in pieces if any(map(str.isalnum, piece))]
    if len(spoken) <= MOST_PIECES:
        return tuple(spoken)
    return (*spoken[: MOST_PIECES - 1], "".join(spoken[MOST_PIECES - 1 :]))
