"""Rounding: half up, to the fen, whatever the thread's decimal context."""

from decimal import ROUND_FLOOR, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.money import part_to_fen, round_fen, share, share_to_fen

amounts = st.integers(0, 10**14).map(lambda fen: Decimal(fen).scaleb(-2))
rates = st.integers(0, 10**20).map(lambda parts: Decimal(parts).scaleb(-20))


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("0.0049", "0.00"), ("2.345", "2.35"), ("-0.005", "-0.01"), ("1", "1.00")],
)
def test_half_a_fen_is_rounded_up(amount: str, rounded: str) -> None:
    assert str(round_fen(Decimal(amount))) == rounded


def half_up(amount: Fraction) -> int:
    return int(amount * 100 * 2 + 1) // 2


@given(amounts, rates)
def test_a_share_is_exact_before_it_is_rounded(amount: Decimal, rate: Decimal) -> None:
    exact = Fraction(amount) * Fraction(rate)
    assert Fraction(share(amount, rate)) == exact
    assert share_to_fen(amount, rate) * 100 == half_up(exact)


@given(amounts, st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_part_of_a_whole_is_rounded_once(amount: Decimal, part: int, more: int) -> None:
    exact = Fraction(amount) * Fraction(part, part + more)
    assert part_to_fen(amount, Decimal(part), Decimal(part + more)) * 100 == half_up(exact)


def test_the_context_of_the_thread_does_not_matter() -> None:
    with localcontext(Context(prec=3, rounding=ROUND_FLOOR)):
        assert share_to_fen(Decimal("99999.99"), Decimal("0.0755")) == Decimal("7550.00")
