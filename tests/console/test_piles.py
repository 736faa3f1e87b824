"""Open questions in piles: what is kept between two looks."""

import gc
import weakref

from sqlalchemy import Engine

from bot.commands.demo_figures import fill_past_days
from bot.console.learning.piles import piles
from knowledge.matcher import Matcher
from tests.console.conftest import NOW, ON_SQLITE, shipped_snapshot


@ON_SQLITE
def test_a_matcher_that_was_replaced_is_not_kept(engine: Engine) -> None:
    knowledge = shipped_snapshot().knowledge
    with engine.begin() as connection:
        fill_past_days(connection, knowledge, NOW)
        replaced = Matcher(knowledge)
        before = piles(connection, replaced)
        kept = weakref.ref(replaced)
        del replaced
        assert kept() is not None
        assert piles(connection, shipped_snapshot().matcher) == before
    gc.collect()
    assert kept() is None
