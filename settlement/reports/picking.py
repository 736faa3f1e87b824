"""Cells that are kept as they stand: who promoted, and what nobody has described yet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter

from settlement.reports.cells import ABSENT, cleaned, text

_NOTHING: Mapping[str, str] = {}
_REMEMBERED, _LONGEST_REMEMBERED = 4096, 200

Picker = Callable[[Sequence[str]], Mapping[str, str]]


def picker(places: Iterable[tuple[int, str]]) -> Picker:
    """Return a function that picks the filled cells of these columns, by name.

    The same cells give the same mapping, which is not to be changed.
    """
    wanted = tuple(places)
    if not wanted:
        return lambda cells: _NOTHING
    # Of one column, too, the cells come as a tuple.
    pick = itemgetter(*(place for place, _ in wanted), wanted[0][0])
    names = tuple(name for _, name in wanted)
    known: dict[tuple[str, ...], Mapping[str, str]] = {}

    def picked(cells: Sequence[str]) -> Mapping[str, str]:
        stated: tuple[str, ...] = pick(cells)
        if (found := known.get(stated)) is None:
            found = _filled(names, stated)
            if len(known) < _REMEMBERED and sum(map(len, stated)) <= _LONGEST_REMEMBERED:
                known[stated] = found
        return found

    return picked


def _filled(names: Sequence[str], stated: Sequence[str]) -> Mapping[str, str]:
    filled = ((name, cleaned(cell)) for name, cell in zip(names, stated, strict=False))
    return {name: text(cell) for name, cell in filled if cell not in ABSENT}
