from datetime import UTC, datetime, timedelta

from bot.app import DemoClock, SystemClock, load_snapshot
from settlement.rulebook import shipped_rulebook


def test_the_machines_clock_speaks_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_the_demos_clock_goes_forward_by_days_into_the_morning() -> None:
    """A day is Shanghai's: in the evening of UTC it is already the next one there."""
    for hour, arrival in ((18, 16), (12, 15)):
        start = datetime(2026, 9, 10, hour, 30, tzinfo=UTC)
        clock = DemoClock(start)
        assert start <= clock.now() < start + timedelta(minutes=1)
        clock.advance(5)
        morning = datetime(2026, 9, arrival, 2, 0, tzinfo=UTC)
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
