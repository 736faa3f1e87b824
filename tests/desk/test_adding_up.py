"""Every choice of amounts is counted, as trying them one by one would."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.adding_up import choose

AMOUNTS = st.lists(st.integers(1, 40), max_size=9)


def ways(amounts: list[int], total: int) -> list[tuple[int, ...]]:
    places = range(len(amounts))
    choices = (each for size in range(1, len(amounts) + 1) for each in combinations(places, size))
    return [each for each in choices if sum(amounts[place] for place in each) == total]


@given(AMOUNTS, st.integers(-5, 200))
def test_a_choice_is_found_where_there_is_one_and_known_to_be_the_only_one(
    amounts: list[int], total: int
) -> None:
    found, known = choose(amounts, total), ways(amounts, total)
    assert (found is not None) == bool(known)
    if found is not None:
        assert found.places in known
        assert found.several == (len(known) > 1)


def test_real_sums_are_within_reach() -> None:
    amounts = [1_000 + 37 * place for place in range(200)]
    found = choose(amounts, sum(amounts[:50]))
    assert found is not None
    assert sum(amounts[place] for place in found.places) == sum(amounts[:50])


def test_what_would_take_too_long_is_refused() -> None:
    with pytest.raises(OverflowError, match="500 amounts up to 1000000 are too many to try"):
        choose([1] * 500, 1_000_000)
