"""Who asked what nobody could answer is told once, at a decent hour, when there is an answer."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine

from bot.desk.facts import Scope
from bot.planner.answering import PATIENCE
from bot.store.answered import TOLD_WITHIN, close_answered, note_given, people_reached
from bot.store.questions import open_questions, put_away
from bot.store.subscriptions import unsubscribe
from bot.store.tables import opt_outs, people, unanswered_questions
from tests.intake.planned import MORNING, NIGHT, NOON, Bot

ENTRY = "general.invoice"


class Asked(Bot):
    """A bot that is asked what it cannot answer yet."""

    def asks(self, user: int, text: str) -> int:
        self.meets(user)
        row = {
            "user": user,
            "chat": user,
            "text": text,
            "outcome": "unknown",
            "asked_at": self.now,
        }
        statement = unanswered_questions.insert().values(row).returning(unanswered_questions.c.id)
        return int(self.run(lambda connection: connection.execute(statement).scalar_one()))

    def answers(self, questions: Sequence[int], entry: str = ENTRY) -> int:
        return int(self.run(lambda c: close_answered(c, questions, entry, self.now)))


@pytest.fixture
def bot(engine: Engine) -> Asked:
    return Asked(engine)


def test_who_asked_is_told_once_and_nobody_else(bot: Asked) -> None:
    first, _ = bot.asks(7, "能开发票吗"), bot.asks(8, "别的")
    assert bot.answers([first]) == 1
    assert bot.told_after_turn() == [f"7 answered 能开发票吗={ENTRY}"]
    assert bot.answers([first]) == 0
    bot.now += timedelta(days=2)
    assert bot.told_after_turn() == [f"7 answered 能开发票吗={ENTRY}"]


def test_all_that_somebody_asked_is_told_in_one_message_each_question_once(bot: Asked) -> None:
    asked = [bot.asks(7, text) for text in ("甲", "乙", "甲")]
    assert bot.answers(asked) == 1
    assert bot.told_after_turn() == [f"7 answered 甲={ENTRY} 乙={ENTRY}"]


def test_at_night_it_waits_for_the_morning(bot: Asked) -> None:
    asked = bot.asks(7, "甲")
    bot.now = NIGHT
    bot.answers([asked])
    assert bot.told_after_turn() == []
    bot.now = MORNING
    assert bot.told_after_turn() == [f"7 answered 甲={ENTRY}"]


def test_who_was_given_the_answer_meanwhile_is_not_told(bot: Asked) -> None:
    bot.run(lambda connection: note_given(connection, [(8, ENTRY)], bot.now - timedelta(hours=1)))
    asked = [bot.asks(7, "甲"), bot.asks(8, "乙"), bot.asks(9, "丙")]
    bot.now = NIGHT
    bot.answers(asked)
    bot.turn()
    bot.run(lambda c: note_given(c, [(7, ENTRY), (7, ENTRY), (9, "jd.other")], NIGHT))
    bot.now = MORNING
    assert bot.told_after_turn() == [f"8 answered 乙={ENTRY}", f"9 answered 丙={ENTRY}"]


def test_who_wants_no_messages_or_blocked_the_bot_is_not_told(bot: Asked) -> None:
    asked = [bot.asks(user, "甲") for user in (7, 8, 9)]
    row = {"user": 7, "opted_out_at": NOON}
    bot.run(lambda connection: connection.execute(opt_outs.insert().values(row)))
    stopped = partial(unsubscribe, user=9, scope=Scope.EVERYTHING, row=None, now=NOON)
    blocked = people.update().where(people.c.user == 8).values(blocked_at=NOON)
    bot.run(lambda connection: connection.execute(blocked))
    bot.answers(asked)
    bot.run(stopped)
    assert bot.told_after_turn() == []


def test_who_asked_long_ago_is_left_in_peace(bot: Asked) -> None:
    asked = bot.asks(7, "甲")
    bot.now += TOLD_WITHIN + timedelta(seconds=1)
    assert bot.answers([asked]) == 0
    assert bot.told_after_turn() == []


def test_whoever_only_asked_in_a_group_cannot_be_written_to(bot: Asked) -> None:
    asked = bot.asks(7, "甲")
    bot.run(lambda connection: connection.execute(people.delete()))
    bot.answers([asked])
    assert bot.told_after_turn() == []


def test_two_replicas_tell_it_once(bot: Asked) -> None:
    asked = bot.asks(7, "甲")
    other = bot.replica()
    bot.answers([asked])
    bot.turn()
    assert bot.told_after_turn(other) == [f"7 answered 甲={ENTRY}"]


def test_what_is_put_away_is_neither_listed_nor_told(bot: Asked) -> None:
    first, second = bot.asks(7, "甲"), bot.asks(8, "乙")
    assert [each.id for each in bot.run(lambda c: open_questions(c, 10))] == [second, first]
    assert [each.id for each in bot.run(lambda c: open_questions(c, 1))] == [second]
    assert bot.run(lambda c: put_away(c, [first], NOON)) == 1
    assert bot.answers([first]) == 0
    assert [each.text for each in bot.run(lambda c: open_questions(c, 10))] == ["乙"]
    assert bot.told_after_turn() == []


def test_answers_are_counted_by_people(bot: Asked) -> None:
    bot.run(lambda c: note_given(c, [(7, ENTRY), (8, ENTRY)], bot.now))
    bot.run(lambda c: note_given(c, [(7, ENTRY), (7, "jd.other")], bot.now))
    assert bot.run(people_reached) == {ENTRY: 2, "jd.other": 1}


def test_it_waits_until_the_answer_is_in_force_here_but_not_for_ever(bot: Asked) -> None:
    bot.known = set()
    first = bot.asks(7, "甲")
    bot.answers([first])
    assert bot.told_after_turn() == []
    bot.known = {ENTRY}
    assert bot.told_after_turn() == [f"7 answered 甲={ENTRY}"]
    second = bot.asks(8, "乙")
    bot.answers([second], "general.gone")
    assert len(bot.told_after_turn()) == 1
    bot.now += PATIENCE
    assert bot.told_after_turn()[1:] == ["8 answered 乙=general.gone"]
