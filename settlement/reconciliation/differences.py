"""Why a payout differs from what was due (差异归因): shares that add up to the difference."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from settlement.money import FEN, ZERO, share_to_fen
from settlement.reconciliation.expected import Expected
from settlement.reconciliation.findings import Cause, CauseShare
from settlement.reconciliation.movements import Judged
from settlement.reconciliation.suppositions import DEDUCTION_CAUSES, Guess, guesses
from settlement.statements import StatementLine
from settlement.states import NEVER_PAYS

__all__ = ["causes_of"]

MOST_PAIRED = 24
"""Guesses that are tried in pairs; a line has far fewer unless it was made to be slow."""


def causes_of(
    rows: Sequence[StatementLine], judged: Sequence[Judged], due: Expected
) -> tuple[CauseShare, ...]:
    """Return the causes of a difference: what the statement states first, then what fits the rest.

    The shares add up to the difference, to the fen.
    """
    difference = sum((row.amount for row in rows), ZERO) - due.amount
    stated = _worth_saying(_stated(rows, judged))
    left = difference - sum((share.amount for share in stated), ZERO)
    if not left:
        return stated
    told = {share.cause for share in stated}
    fitting = [each for each in guesses(judged, due) if each.cause not in told]
    return (*stated, *_explained(left, fitting, len(judged), _otherwise(judged)))


def _otherwise(judged: Sequence[Judged]) -> Cause:
    never = all(each.diagnosis.state in NEVER_PAYS for each in judged)
    return Cause.NOT_PAYABLE if never else Cause.OTHER


def _explained(
    left: Decimal, fitting: Sequence[Guess], lines: int, otherwise: Cause
) -> tuple[CauseShare, ...]:
    """Find the fewest guesses that come to what is left; a fen of each line may be rounding."""
    if found := _one_of((guess,) for guess in fitting if guess.amount == left):
        return found
    if abs(left) <= lines * FEN:
        return (CauseShare(Cause.ROUNDING, left),)
    pairs = combinations(fitting[:MOST_PAIRED], 2)
    if found := _one_of(
        pair
        for pair in pairs
        if pair[0].cause is not pair[1].cause and pair[0].amount + pair[1].amount == left
    ):
        return found
    if found := _one_of(
        (guess, Guess(Cause.ROUNDING, left - guess.amount))
        for guess in fitting
        if abs(left - guess.amount) <= lines * FEN
    ):
        return found
    return (CauseShare(otherwise, left),)


def _one_of(ways: Iterable[tuple[Guess, ...]]) -> tuple[CauseShare, ...]:
    """Return the way there is; where several causes would do, say that it may be any of them."""
    by_causes = {frozenset(guess.cause for guess in way): way for way in ways}
    if not by_causes:
        return ()
    if len(by_causes) == 1:
        (way,) = by_causes.values()
        return tuple(CauseShare(guess.cause, guess.amount) for guess in way)
    amount = sum((guess.amount for guess in next(iter(by_causes.values()))), ZERO)
    named = {cause for causes in by_causes for cause in causes}
    candidates = tuple(cause for cause in Cause if cause in named)
    return (CauseShare(Cause.SEVERAL, amount, candidates=candidates),)


def _worth_saying(shares: Iterable[CauseShare]) -> tuple[CauseShare, ...]:
    return tuple(share for share in shares if share.amount)


def _stated(rows: Sequence[StatementLine], judged: Sequence[Judged]) -> Iterator[CauseShare]:
    """Compare what the statement states beside its amount with what was reckoned."""
    for name, cause in DEDUCTION_CAUSES.items():
        theirs = _sum_stated(rows, name)
        if theirs is not None:
            ours = sum((getattr(each.order, name) or ZERO for each in judged), ZERO)
            yield CauseShare(cause, ours - theirs, stated=True)
    fee = _sum_stated(rows, "platform_fee")
    if fee is not None:
        ours = sum((each.diagnosis.amounts.platform_fee or ZERO for each in judged), ZERO)
        yield CauseShare(Cause.PLATFORM_FEE, ours - fee, stated=True)
    if len(rows) == len(judged) == 1:
        yield from _stated_commission(rows[0], judged[0])


def _sum_stated(rows: Sequence[StatementLine], name: str) -> Decimal | None:
    stated = [value for row in rows if (value := getattr(row, name)) is not None]
    return sum(stated, ZERO) if stated else None


def _stated_commission(row: StatementLine, judged: Judged) -> Iterator[CauseShare]:
    """Tell how much of another commission comes from another base, and how much from the rate."""
    amounts = judged.diagnosis.amounts
    theirs = row.commission
    if theirs is None and row.base is not None and row.rate is not None:
        theirs = share_to_fen(row.base, row.rate)
    if theirs is None or amounts.commission is None or amounts.returned is None:
        return
    kept = amounts.commission - amounts.returned
    by_base = ZERO
    if row.base is not None and amounts.rate is not None:
        by_base = share_to_fen(row.base, amounts.rate) - kept
        yield CauseShare(_cause_of_base(row, judged), by_base, stated=True)
    rate_known = row.rate is not None and row.rate != amounts.rate
    if rate_known and (row.base is not None or row.commission is not None):
        yield CauseShare(Cause.RATE, theirs - kept - by_base, stated=True)


def _cause_of_base(row: StatementLine, judged: Judged) -> Cause:
    """Another base comes from refunds where the one of both sides is that before refunds."""
    amounts = judged.diagnosis.amounts
    if row.refunded or (amounts.returned and row.base == amounts.base):
        return Cause.REFUND
    return Cause.BASE
