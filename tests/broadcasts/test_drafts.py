"""Two editors and one draft: nobody overwrites what they have not seen."""

import pytest
from sqlalchemy import Engine

from bot.desk.segments import Segment
from bot.store.broadcasts import (
    ChangedMeanwhileError,
    change_draft,
    new_draft,
    pause,
    read_broadcast,
    remove_draft,
    schedule,
)
from tests.broadcasts.conftest import AUTHOR, WORDS
from tests.broadcasts.stage import Hand


def test_a_draft_is_changed_by_who_saw_it_last(engine: Engine, hand: Hand) -> None:
    with engine.begin() as connection:
        number = new_draft(connection, AUTHOR, Segment(), WORDS, hand.now())
        first = read_broadcast(connection, number)
        assert first is not None
        change_draft(connection, first, Segment(bound=True), WORDS)
        again = read_broadcast(connection, number)
        assert again is not None
        assert (again.segment, again.version) == (Segment(bound=True), 2)
        for change in (
            lambda: change_draft(connection, first, Segment(), WORDS),
            lambda: schedule(connection, first, None, 1, hand.now()),
            lambda: pause(connection, first),
        ):
            with pytest.raises(ChangedMeanwhileError):
                change()
        schedule(connection, again, None, 1, hand.now())
        with pytest.raises(ChangedMeanwhileError):
            remove_draft(connection, again)
