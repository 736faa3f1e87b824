"""Runs of digits in folded text, and which of them are parts of one number."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, islice

from settlement.order_number.forms import (
    Form,
    forms,
    length_range,
    number_words,
    seen_lengths,
)
from settlement.order_number.found import WhyNot
from settlement.order_number.lookalikes import is_day, is_phone

_LINK = r"https?://[!-~]+|(?<=[A-Za-z0-9])\.(?:com|cn|net|hk|tw)/[!-~]*"
_DAMAGED = r"(?<![0-9A-Za-z.])[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+|(?<![0-9.])[0-9]{16,}\.[0-9]+"
_DAY = r"(?:19|20)[0-9]{2}(?:[-/.][01]?[0-9][-/.][0-3]?[0-9]|年[01]?[0-9]月[0-3]?[0-9]日?)"
_CLOCK = r"[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
_LANDLINE = r"(?<![0-9])0[1-9][0-9]{1,2}[ -][2-9][0-9]{6,7}(?![0-9])"
_FRACTION = r"(?<![0-9A-Za-z.,])[0-9]{1,15}\.[0-9]{1,4}(?![0-9])"
_THOUSANDS = r"(?<![0-9A-Za-z.,])[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9,])"
_SURELY_OTHER = re.compile(
    rf"(?P<link>{_LINK})|(?P<damaged>{_DAMAGED})"
    rf"|(?P<date>(?<![0-9]){_DAY}(?![0-9])(?:[ T]?{_CLOCK})?(?![0-9]))"
    rf"|(?P<phone_number>{_LANDLINE})|(?P<amount>{_FRACTION}|{_THOUSANDS})"
)
_RUN = re.compile(r"(?P<before>[A-Za-z_@])?(?P<digits>[0-9]+)(?P<after>(?=[A-Za-z_@]))?")
_GAP = re.compile(r" {1,2}| ?- ?")
_REGULAR = re.compile(r"(?:[0-9]{3,6} )*[0-9]{1,6}")
"""How people break long numbers: groups of three to six digits, the last maybe shorter."""
_SHORTEST_HALF = 6
_LONG_RUN = re.compile(r"[0-9]{6}")
_BLANK = "\0"


@dataclass(frozen=True, slots=True)
class Run:
    """Digits in a row, and whether letters stand at them without a gap."""

    digits: str
    start: int
    end: int
    letters_before: bool
    letters_after: bool


@dataclass(frozen=True, slots=True)
class Number:
    """One number as its writer meant it: the runs it was broken into; its form if hyphenated."""

    runs: tuple[Run, ...]
    form: Form | None = None

    @property
    def start(self) -> int:
        """Where the first part begins."""
        return self.runs[0].start

    @property
    def end(self) -> int:
        """Where the last part ends."""
        return self.runs[-1].end

    @property
    def letters_before(self) -> bool:
        """Whether a letter stands right before the number."""
        return self.runs[0].letters_before

    @property
    def letters_after(self) -> bool:
        """Whether a letter stands right after the number."""
        return self.runs[-1].letters_after

    @property
    def digits(self) -> str:
        """All digits, without what separated them."""
        return "".join(run.digits for run in self.runs)

    @property
    def written(self) -> str:
        """The number as its platform writes it."""
        digits = iter(self.digits)
        if not self.form:
            return self.digits
        return "-".join("".join(islice(digits, size)) for size in self.form.groups)


def blank_surely_other(text: str) -> tuple[str, list[WhyNot]]:
    """Blank links, dates, amounts, landlines and damaged numbers; name the kinds that were there.

    The text keeps its length. In a link, the value of an order parameter stays.
    """
    kinds: list[WhyNot] = []

    def blank(match: re.Match[str]) -> str:
        kind, written = WhyNot(str(match.lastgroup)), match.group()
        if kind is not WhyNot.LINK:
            kinds.append(kind)
            return _BLANK * len(written)
        if _LONG_RUN.search(written):
            kinds.append(kind)
        return _keep_order_parameters(written)

    return _SURELY_OTHER.sub(blank, text), kinds


def _keep_order_parameters(link: str) -> str:
    names = "|".join(map(re.escape, number_words().order_parameters))
    kept = [_BLANK] * len(link)
    for match in re.finditer(rf"[?&;#](?:{names})=[0-9-]+", link, re.IGNORECASE):
        start, end = match.span()
        kept[start:end] = link[start:end]
    return "".join(kept)


def numbers_in(text: str) -> Iterator[Number]:
    """Yield every number of a folded text, its parts joined where they belong together."""
    for cluster in _clusters(text):
        yield from _numbers_of(text, cluster)


def _runs(text: str) -> Iterator[Run]:
    for match in _RUN.finditer(text):
        start, end = match.span("digits")
        before, after = match["before"] is not None, match["after"] is not None
        yield Run(match["digits"], start, end, before, after)


def _clusters(text: str) -> Iterator[list[Run]]:
    """Only blanks or one hyphen may stand between parts of a number; a new line never does."""
    cluster: list[Run] = []
    for run in _runs(text):
        if cluster and not _GAP.fullmatch(text, cluster[-1].end, run.start):
            yield cluster
            cluster = []
        cluster.append(run)
    if cluster:
        yield cluster


def _numbers_of(text: str, cluster: Sequence[Run]) -> Iterator[Number]:
    loose: list[Run] = []
    place = 0
    while place < len(cluster):
        hyphenated = _hyphenated(text, cluster, place)
        if hyphenated or _complete(cluster[place].digits):
            yield from _joined(loose)
            loose = []
            number = hyphenated or Number((cluster[place],))
            yield number
            place += len(number.runs)
        else:
            loose.append(cluster[place])
            place += 1
    yield from _joined(loose)


def _hyphenated(text: str, runs: Sequence[Run], place: int) -> Number | None:
    for form in forms():
        if form.groups and (taken := _take_groups(text, runs[place:], form.groups)):
            return Number(tuple(taken), form)
    return None


def _take_groups(text: str, runs: Sequence[Run], groups: Sequence[int]) -> list[Run] | None:
    """Take runs for the groups of a hyphenated form; blanks inside a group are allowed."""
    taken: list[Run] = []
    for size in groups:
        missing = size
        while missing > 0 and len(taken) < len(runs):
            starts_group = missing == size
            if taken and _hyphen_before(text, runs, len(taken)) != starts_group:
                return None
            taken.append(runs[len(taken)])
            missing -= len(taken[-1].digits)
        if missing:
            return None
    return taken


def _hyphen_before(text: str, runs: Sequence[Run], place: int) -> bool:
    return "-" in text[runs[place - 1].end : runs[place].start]


def _complete(digits: str) -> bool:
    """Whether a run needs no neighbour: a length really seen, too long already, a phone, a day."""
    size = len(digits)
    too_long = size >= length_range().stop
    return size in seen_lengths() or too_long or is_phone(digits) or is_day(digits)


def _joined(loose: Sequence[Run]) -> Iterator[Number]:
    # "2 1876 0572 …": a list's own number is no part of what it counts.
    parts = list(dropwhile(lambda run: len(run.digits) < 3, loose)) or loose
    if _belong_together([run.digits for run in parts]):
        yield Number(tuple(parts))
    else:
        yield from (Number((run,)) for run in parts)


def _belong_together(parts: Sequence[str]) -> bool:
    """Whether parts are regular groups, or long and only together of a length really seen."""
    sizes = [len(part) for part in parts]
    if _REGULAR.fullmatch(" ".join(parts)):
        return sum(sizes) >= length_range().start
    return sum(sizes) in seen_lengths() and min(sizes) >= _SHORTEST_HALF
