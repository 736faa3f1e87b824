from typing import Any

from tests.reliability.campaign import run_campaign
from tests.reliability.load import Figures

SHORT = {"rate": "40", "minutes": "0.03", "reminders": "20", "console": "2", "telegram-ms": "10"}


async def test_nothing_is_lost_while_everything_happens_at_once() -> None:
    """The short form of the load; the exit status says so, whatever the pace was."""
    wished = [word for name, value in SHORT.items() for word in (f"--{name}", value)]
    (figures,) = await run_campaign("load", *wished, "--p99-ms", "inf")
    assert (figures["messages"], figures["reminders"]) == (72, 20)
    assert figures["pages"] > 0


def test_each_fault_is_a_fault() -> None:
    nothing: dict[str, Any] = dict.fromkeys(Figures.__slots__, 0)
    assert Figures(**nothing).faultless()
    for name in ("lost", "refused", "reminders_doubled", "reminders_lost", "pages_failed"):
        assert not Figures(**nothing | {name: 1}).faultless()
