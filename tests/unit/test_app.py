import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import DemoClock, SystemClock, load_snapshot
from bot.logs import configure_logging, mask_also
from settlement.rulebook import shipped_rulebook


def test_the_machines_clock_speaks_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_the_demos_clock_goes_forward_by_days_into_the_morning() -> None:
    start = datetime(2026, 9, 10, 18, 30, tzinfo=UTC)
    clock = DemoClock(start)
    assert start <= clock.now() < start + timedelta(minutes=1)
    clock.advance(5)
    morning = datetime(2026, 9, 15, 2, 0, tzinfo=UTC)
    assert morning <= clock.now() < morning + timedelta(minutes=1)


def test_the_demos_clock_never_goes_back() -> None:
    clock = DemoClock(datetime(2026, 9, 10, 18, 30, tzinfo=UTC))
    before = clock.now()
    clock.advance(0)
    assert clock.now() >= before


def test_a_snapshot_is_known_by_its_content() -> None:
    snapshot = load_snapshot()
    rules, _, answers = snapshot.revision.partition("-")
    assert rules == shipped_rulebook().revision
    assert len(answers) == 64


def test_no_log_line_holds_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure_logging("DEBUG", ["42:AAsecret"])
        logger = logging.getLogger("somebody.else")
        logger.warning("GET https://api.telegram.org/bot%s/getMe", "42:AAsecret")
        try:
            raise ValueError("bad address /bot42:AAsecret/getMe")
        except ValueError:
            logger.exception("failed")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    written = capsys.readouterr().err
    assert "AAsecret" not in written
    assert "/bot***/getMe" in written


def test_a_secret_learned_later_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure_logging("DEBUG", ["token"])
        mask_also(["token-renewed", ""])
        logging.getLogger("somebody.else").warning("with %s and %s", "token-renewed", "token")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert " with *** and *** [somebody.else]" in capsys.readouterr().err
