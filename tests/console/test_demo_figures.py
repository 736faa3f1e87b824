"""What the demo makes up of the days before: the overview and the open questions agree."""

from datetime import timedelta

from sqlalchemy import Engine

from bot.commands.demo_figures import ASKED, fill_past_days
from bot.console.learning.piles import piles
from bot.store.hourly_counts import counts_since
from knowledge.outcome import Unknown
from tests.console.conftest import NOW, ON_SQLITE, shipped_snapshot


@ON_SQLITE
def test_what_counts_as_not_answered_this_week_can_be_looked_at(engine: Engine) -> None:
    current = shipped_snapshot()
    with engine.begin() as connection:
        fill_past_days(connection, current.knowledge, NOW)
        week = counts_since(connection, NOW - timedelta(days=6, hours=1))
        found = piles(connection, current.matcher)
    counted = sum(count for _, kind, count in week if kind == "answer:unknown")
    assert sum(len(pile.questions) for pile in found) == counted > 0
    assert len(found) < len(ASKED), "some ask the same in other words"


def test_what_was_not_answered_is_what_no_answer_says() -> None:
    matcher = shipped_snapshot().matcher
    outcomes = {text: matcher.ask(text).parts[0].outcome for text in ASKED}
    assert [text for text, found in outcomes.items() if not isinstance(found, Unknown)] == []
