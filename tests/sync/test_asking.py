"""How long a platform that does not answer is left alone."""

from dataclasses import replace

import pytest

from bot.sync.asking import wait_before_another
from bot.sync.figures import shipped_figures
from settlement.apis import refused_by_http
from settlement.model import Platform

FIGURES = replace(shipped_figures(), first_wait_seconds=0.5, longest_wait_seconds=60)


def wait(status: int, wished: float | None, attempt: int = 1) -> float | None:
    return wait_before_another(refused_by_http(Platform.JD, status), wished, attempt, FIGURES)


def test_each_wait_is_twice_as_long_and_none_longer_than_the_longest() -> None:
    waits = [wait(500, None, attempt) for attempt in range(1, 11)]
    for attempt, waited in enumerate(waits):
        shortest = 0.5 * 2**attempt
        assert waited is not None
        assert min(60, shortest) <= waited <= min(60, shortest + 0.5)


@pytest.mark.parametrize("status", [429, 500])
def test_a_platform_is_asked_again_when_it_says_or_not_at_all(status: int) -> None:
    assert wait(status, 7) == 7
    assert wait(status, 60) == 60
    assert wait(status, 61) is None


def test_a_platform_that_throttles_and_names_no_time_gets_the_time_for_that() -> None:
    assert wait(429, None, attempt=5) == FIGURES.throttled_seconds


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_does_not_pass_is_not_asked_again(status: int) -> None:
    assert wait(status, None) is None
