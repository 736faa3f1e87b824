"""How a row of an answer becomes a statement about one order line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from settlement.apis.json_text import as_text, written
from settlement.apis.members import MONEY, MemberReader, was_rounded
from settlement.apis.values import UnreadRow
from settlement.combining import Rows, Statement
from settlement.model import BalanceChange, Order, Platform, RawStatus, Refund, SettlementPhase
from settlement.money import EXACT, leads_to
from settlement.reading import Unreadable
from settlement.reports.cells import ABSENT

Facts = dict[str, Any]
_RAW = "raw_status."
ITEMS: Mapping[str, type[Refund | SettlementPhase | BalanceChange]] = {
    "refunds": Refund,
    "settlements": SettlementPhase,
    "balance_changes": BalanceChange,
}
"""What a row can state one item of, such as ``refunds[].amount``."""
_OF_THE_LINE = frozenset(
    {"order_number", "sub_order_number", "line_id", "parent_number", "data_as_of"}
)
"""Not stated by a row that only adds something to a line."""
_NAMING = _OF_THE_LINE | {"item_id"}
"""What a line is called by, or by what a platform's room makes its name."""
_WHOLES = (1, 100, 1000, 10_000)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a row and the fact it states."""

    name: str
    """As the platform writes it; of a member's member, both with a dot between."""
    kind: str
    """One of `members.READERS`, or one that only this platform has."""
    read: MemberReader
    fact: str | None = None
    """The order's field, ``raw_status.…``, or ``refunds[].…`` for a member of a list."""
    creator: str | None = None
    """For a member that tells whose order it is: the kind of hint, such as ``position_id``."""
    absent: frozenset[str] = frozenset()
    counts_with: str | None = None
    counts_without: str | None = None
    times: str | None = None
    """The rate this rate is multiplied with."""
    checked_by: str | None = None
    """The amount this rate must lead to."""

    @property
    def find_whole(self) -> bool:
        """Whether the whole of this rate is the one that leads to that amount."""
        return self.kind == "parts"

    @property
    def depends(self) -> bool:
        """Whether other members decide if its value is a fact."""
        return bool(self.counts_with or self.counts_without or self.times or self.checked_by)

    def is_absent(self, value: object) -> bool:
        """Tell whether a value says that there is nothing."""
        return _is_absent(value) or bool(self.absent and as_text(value) in self.absent)


Complete = Callable[[Facts], None]
"""What only one platform knows of a row's facts, before they become an order."""


def nothing_to_add(facts: Facts) -> None:
    """Most rows say all there is to know."""
    del facts


class RowReader:
    """Reads the rows of one method."""

    def __init__(
        self,
        platform: Platform,
        members: Mapping[str, Member],
        unused: frozenset[str],
        rows: Rows,
        complete: Complete = nothing_to_add,
    ) -> None:
        self._platform = platform
        self._members = members
        self._unused = unused
        self._rows = rows
        self._complete = complete
        self._parents = frozenset(name.split(".")[0] for name in members if "." in name)

    def read(self, row: object, asked_at: datetime | None) -> Statement | UnreadRow:
        """Read one row; what cannot be read is kept whole, with what is wrong."""
        try:
            return self._statement(_object(row), asked_at)
        except Unreadable as error:
            return UnreadRow(written(row), error.field, error.message, self._number(row))

    def _number(self, row: object) -> str | None:
        """What the line goes by, if all that names it can be read."""
        if not isinstance(row, dict):
            return None
        facts: Facts = {"platform": self._platform}
        try:
            for name, value in self._flattened(row):
                known = self._members.get(name)
                if known and known.fact in _NAMING and not known.is_absent(value):
                    facts.setdefault(known.fact, _read(known, value))
            self._complete(facts)
            return _order(facts).key.number
        except Unreadable:
            return None

    def _statement(self, row: Mapping[str, object], asked_at: datetime | None) -> Statement:
        found = _Found(self._platform, asked_at)
        waiting: list[tuple[Member, object, object]] = []
        for name, value in self._flattened(row):
            known = self._members.get(name)
            if known is None:
                if name not in self._unused and not _is_absent(value):
                    found.others[name] = as_text(value)
                continue
            if known.fact:
                found.states.add(known.fact.split("[")[0])
            if known.is_absent(value):
                continue
            read = _read(known, value)
            if known.depends:
                waiting.append((known, value, read))
            else:
                found.add(known, value, read)
        # What another fact would rule out is added last.
        for known, value, read in sorted(waiting, key=lambda item: item[0].counts_with is None):
            found.add_dependent(known, value, read)
        self._complete(found.facts)
        found.states.update(fact.split("[")[0] for fact in found.facts if "[" in fact)
        states = found.states if self._rows is Rows.REPLACE else found.states - _OF_THE_LINE
        return Statement(
            _order(found.facts), frozenset(states), self._rows, found.hints, found.others
        )

    def _flattened(self, row: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        for name, value in row.items():
            if name in self._parents and isinstance(value, dict):
                for inner, inner_value in value.items():
                    yield f"{name}.{inner}", inner_value
            else:
                yield name, value


class _Found:
    """What has been read of a row so far."""

    def __init__(self, platform: Platform, asked_at: datetime | None) -> None:
        self.facts: Facts = {"platform": platform}
        self.states: set[str] = set()
        if asked_at is not None:
            self.facts["data_as_of"] = asked_at
            self.states.add("data_as_of")
        self.hints: dict[str, str] = {}
        self.others: dict[str, str] = {}
        self.rates: dict[str, Decimal] = {}

    def add(self, known: Member, value: object, read: object) -> None:
        if known.creator:
            self.hints[known.creator] = str(read)
        if known.fact:
            self.facts.setdefault(known.fact, read)
        elif not known.creator:
            self.rates[known.name] = cast(Decimal, read)
        if known.kind in MONEY and was_rounded(value, cast(Decimal, read)):
            self.others[known.name] = as_text(value)

    def add_dependent(self, known: Member, value: object, read: object) -> None:
        if known.counts_with and known.counts_with not in self.facts:
            return
        if known.counts_without and known.counts_without in self.facts:
            return
        if known.checked_by:
            self._add_rate(known, value, cast(Decimal, read))
        else:
            self.add(known, value, read)

    def _add_rate(self, known: Member, value: object, rate: Decimal) -> None:
        shares = self._shares(known, rate)
        stated = self.facts.get(cast(str, known.checked_by))
        fitting = [each for each in shares if self._leads_to(stated, each, known.find_whole)]
        if len(fitting) == 1:
            # 0.045, not 0.0450: the same rate is always written the same.
            self.add(known, value, fitting[0].normalize(EXACT))
        else:
            self.others[known.name] = as_text(value)

    def _shares(self, known: Member, rate: Decimal) -> list[Decimal]:
        """What share a rate may stand for; none without the rate it is multiplied with."""
        if known.times:
            other = self.rates.get(known.times)
            return [] if other is None else [EXACT.multiply(rate, other)]
        wholes = _WHOLES if known.find_whole else (1,)
        return [EXACT.divide(rate, Decimal(whole)) for whole in wholes]

    def _leads_to(self, stated: Decimal | None, rate: Decimal, must_tell: bool) -> bool:
        """Whether base and rate give the amount stated, to the fen; a stated 0 may be "not yet".

        `must_tell`: where that cannot be told, the answer is no.
        """
        if rate > 1:
            return False
        base = self.facts.get("base_amount", self.facts.get("paid_amount"))
        if not stated or base is None:
            return not must_tell
        return leads_to(base, rate, stated)


def _object(row: object) -> Mapping[str, object]:
    if not isinstance(row, dict):
        raise Unreadable("这一行不是对象；请把它交给技术人员核对接口")
    return row


def _is_absent(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip() in ABSENT)


def _read(known: Member, value: object) -> object:
    try:
        return known.read(value)
    except Unreadable as error:
        raise Unreadable(error.message, known.name) from None


def _order(facts: Facts) -> Order:
    if "order_number" not in facts:
        raise Unreadable("缺少订单号；请把这一行交给技术人员核对接口")
    raw: dict[str, Any] = {}
    items: dict[str, dict[str, Any]] = {}
    plain: dict[str, Any] = {}
    for fact, value in facts.items():
        name, bracket, inner = fact.partition("[].")
        if bracket:
            items.setdefault(name, {})[inner] = value
        elif fact.startswith(_RAW):
            raw[fact.removeprefix(_RAW)] = value
        else:
            plain[fact] = value
    plain |= {name: (ITEMS[name](**values),) for name, values in items.items()}
    return Order(**plain, raw_status=RawStatus(**raw) if raw else None)
