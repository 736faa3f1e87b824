"""The limits hold in every window of time, whatever is asked for and when."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.pace import Pace
from bot.telegram.limiter import TELEGRAM, Floods

START = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
PERSON, GROUP = 7, -100
waits = st.lists(st.integers(0, 5_000), min_size=1, max_size=120)
"""Milliseconds between one wish to send and the next."""


def allowed(pace: Pace, wishes: Sequence[int]) -> list[datetime]:
    """When messages go out if each wish is granted at once or not at all."""
    rested_at = open_at = None
    sent = []
    for offset in accumulate(wishes):
        at = START + timedelta(milliseconds=offset)
        if open_at is None or open_at <= at:
            sent.append(at)
            spent = pace.after(rested_at, at)
            rested_at, open_at = spent.rested_at, spent.open_at
    return sent


def most_within(sent: Sequence[datetime], window: timedelta) -> int:
    return max(sum(first <= each < first + window for each in sent) for first in sent)


@given(waits)
def test_a_person_gets_three_at_once_and_one_a_second(wishes: list[int]) -> None:
    sent = allowed(TELEGRAM.of(PERSON), wishes)
    for seconds in (1, 2, 5, 60):
        assert most_within(sent, timedelta(seconds=seconds)) <= 3 + seconds - 1


@given(waits)
def test_a_group_gets_twenty_a_minute(wishes: list[int]) -> None:
    sent = allowed(TELEGRAM.of(GROUP), wishes)
    assert most_within(sent, timedelta(minutes=1)) <= 20


@pytest.mark.parametrize(("chat", "seconds"), [(PERSON, 1.0), (GROUP, 3.6)])
@given(wishes=waits)
def test_nobody_waits_longer_than_one_interval(
    chat: int, seconds: float, wishes: list[int]
) -> None:
    """However much was asked for before, the next message is never further away than that."""
    pace = TELEGRAM.of(chat)
    rested_at = None
    for at in allowed(pace, wishes):
        spent = pace.after(rested_at, at)
        rested_at = spent.rested_at
        assert spent.open_at - at <= timedelta(seconds=seconds)


def test_a_pace_of_before_the_clock_was_set_back_is_void() -> None:
    ahead = START + timedelta(hours=1)
    assert TELEGRAM.person.after(ahead, START) == TELEGRAM.person.after(None, START)


def test_pushes_of_a_second_stay_below_telegrams_thirty() -> None:
    assert timedelta(seconds=1) / TELEGRAM.push_interval == 25


def test_a_429_of_one_chat_is_its_own() -> None:
    floods = Floods()
    assert not any(floods.refused(PERSON, at / 10) for at in range(10))


def test_three_chats_in_a_row_are_everybody() -> None:
    floods = Floods()
    assert [floods.refused(chat, 0.1 * chat) for chat in (1, 2, 3)] == [False, False, True]


def test_what_got_through_in_between_shows_that_not_all_are_held() -> None:
    floods = Floods()
    floods.refused(1, 0.0)
    floods.refused(2, 0.1)
    floods.accepted()
    assert not floods.refused(3, 0.2)


def test_refusals_far_apart_have_nothing_to_do_with_each_other() -> None:
    floods = Floods()
    assert not any(floods.refused(chat, 2.0 * chat) for chat in range(10))


def test_a_call_without_a_chat_has_only_the_limit_of_all() -> None:
    assert Floods().refused(None, 0.0)
