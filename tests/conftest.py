"""What all tests share: on a machine that must run everything, a skip is a failure."""

import os
from collections.abc import Generator
from typing import Any

import coverage
import pytest
from hypothesis import settings

REQUIRE_ALL = os.environ.get("MINGZHANG_TEST_REQUIRE_ALL") == "1"

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, pytest.TestReport]:
    report: pytest.TestReport = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and this machine must run everything"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, object]:
    """Record under coverage which test touches a line; the mutation runs choose tests by it."""
    if recording := coverage.Coverage.current():
        recording.switch_context(item.nodeid)
    return (yield)
