"""Who asked what nobody could answer is told once, at a decent hour, when there is an answer."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, select

from bot.desk.facts import Dialogue, Scope
from bot.desk.replies import Say
from bot.planner import Planner
from bot.planner.answering import PATIENCE
from bot.reminders import Push, QuietHours
from bot.store.answered import (
    TOLD_WITHIN,
    close_answered,
    forget_answered,
    note_given,
    open_questions,
    people_reached,
    put_away,
)
from bot.store.people import Acquaintance, remember
from bot.store.subscriptions import unsubscribe
from bot.store.tables import opt_outs, outbox, people, unanswered_questions
from settlement.rulebook import shipped_rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 14, 12, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 9, 14, 23, tzinfo=SHANGHAI)
MORNING = datetime(2026, 9, 15, 9, tzinfo=SHANGHAI)
ENTRY = "general.invoice"


def said(push: Push, _: datetime) -> Say:
    return Say(" ".join((push.kind, *(f"{each.question}={each.entry}" for each in push.answers))))


class Bot:
    """A planner by a clock that is set by hand, and people who ask."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = NOON
        self.known = {ENTRY}
        self.planner = self.replica()

    def replica(self) -> Planner:
        quiet = QuietHours(time(21), time(9))
        return Planner(
            *(self.engine, shipped_rulebook, said, quiet, SHANGHAI, lambda: self.now),
            knows=lambda entry: entry in self.known,
        )

    def run(self, job: Callable[[Connection], Any]) -> Any:
        with self.engine.begin() as connection:
            return job(connection)

    def asks(self, user: int, text: str) -> int:
        def work(connection: Connection) -> int:
            remember(connection, [Acquaintance(user, user, "", "zh", Dialogue())], self.now)
            row = {
                "user": user,
                "chat": user,
                "text": text,
                "outcome": "unknown",
                "asked_at": self.now,
            }
            statement = (
                unanswered_questions.insert().values(row).returning(unanswered_questions.c.id)
            )
            return int(connection.execute(statement).scalar_one())

        return int(self.run(work))

    def answers(self, questions: Sequence[int], entry: str = ENTRY) -> int:
        return int(self.run(lambda c: close_answered(c, questions, entry, self.now)))

    def turn(self, planner: Planner | None = None) -> list[str]:
        """Let the bot work, and return all that was ever told."""
        (planner or self.planner).turn(self.run)
        letters = select(outbox.c.chat, outbox.c.payload).order_by(outbox.c.id)
        return [
            f"{chat} {told['html']}" for chat, told in self.run(lambda c: c.execute(letters).all())
        ]


@pytest.fixture
def bot(engine: Engine) -> Bot:
    return Bot(engine)


def test_who_asked_is_told_once_and_nobody_else(bot: Bot) -> None:
    first, _ = bot.asks(7, "能开发票吗"), bot.asks(8, "别的")
    assert bot.answers([first]) == 1
    assert bot.turn() == [f"7 answered 能开发票吗={ENTRY}"]
    assert bot.answers([first]) == 0
    bot.now += timedelta(days=2)
    assert bot.turn() == [f"7 answered 能开发票吗={ENTRY}"]


def test_all_that_somebody_asked_is_told_in_one_message_each_question_once(bot: Bot) -> None:
    asked = [bot.asks(7, text) for text in ("甲", "乙", "甲")]
    assert bot.answers(asked) == 1
    assert bot.turn() == [f"7 answered 甲={ENTRY} 乙={ENTRY}"]


def test_at_night_it_waits_for_the_morning(bot: Bot) -> None:
    asked = bot.asks(7, "甲")
    bot.now = NIGHT
    bot.answers([asked])
    assert bot.turn() == []
    bot.now = MORNING
    assert bot.turn() == [f"7 answered 甲={ENTRY}"]


def test_who_was_given_the_answer_meanwhile_is_not_told(bot: Bot) -> None:
    bot.run(lambda connection: note_given(connection, [(8, ENTRY)], bot.now - timedelta(hours=1)))
    asked = [bot.asks(7, "甲"), bot.asks(8, "乙"), bot.asks(9, "丙")]
    bot.now = NIGHT
    bot.answers(asked)
    bot.turn()
    bot.run(lambda c: note_given(c, [(7, ENTRY), (7, ENTRY), (9, "jd.other")], NIGHT))
    bot.now = MORNING
    assert bot.turn() == [f"8 answered 乙={ENTRY}", f"9 answered 丙={ENTRY}"]


def test_who_wants_no_messages_or_blocked_the_bot_is_not_told(bot: Bot) -> None:
    asked = [bot.asks(user, "甲") for user in (7, 8, 9)]
    row = {"user": 7, "opted_out_at": NOON}
    bot.run(lambda connection: connection.execute(opt_outs.insert().values(row)))
    stopped = partial(unsubscribe, user=9, scope=Scope.EVERYTHING, row=None, now=NOON)
    blocked = people.update().where(people.c.user == 8).values(blocked_at=NOON)
    bot.run(lambda connection: connection.execute(blocked))
    bot.answers(asked)
    bot.run(stopped)
    assert bot.turn() == []


def test_who_asked_long_ago_is_left_in_peace(bot: Bot) -> None:
    asked = bot.asks(7, "甲")
    bot.now += TOLD_WITHIN + timedelta(seconds=1)
    assert bot.answers([asked]) == 0
    assert bot.turn() == []


def test_whoever_only_asked_in_a_group_cannot_be_written_to(bot: Bot) -> None:
    asked = bot.asks(7, "甲")
    bot.run(lambda connection: connection.execute(people.delete()))
    bot.answers([asked])
    assert bot.turn() == []


def test_two_replicas_tell_it_once(bot: Bot) -> None:
    asked = bot.asks(7, "甲")
    other = bot.replica()
    bot.answers([asked])
    bot.turn()
    assert bot.turn(other) == [f"7 answered 甲={ENTRY}"]


def test_what_is_put_away_is_neither_listed_nor_told(bot: Bot) -> None:
    first, second = bot.asks(7, "甲"), bot.asks(8, "乙")
    assert [each.id for each in bot.run(lambda c: open_questions(c, 10))] == [second, first]
    assert [each.id for each in bot.run(lambda c: open_questions(c, 1))] == [second]
    assert bot.run(lambda c: put_away(c, [first], NOON)) == 1
    assert bot.answers([first]) == 0
    assert [each.text for each in bot.run(lambda c: open_questions(c, 10))] == ["乙"]
    assert bot.turn() == []


def test_answers_are_counted_by_people_and_forgotten_in_the_end(bot: Bot) -> None:
    bot.run(lambda c: note_given(c, [(7, ENTRY), (8, ENTRY)], bot.now))
    bot.run(lambda c: note_given(c, [(7, ENTRY), (7, "jd.other")], bot.now))
    assert bot.run(people_reached) == {ENTRY: 2, "jd.other": 1}
    asked = bot.asks(7, "甲")
    bot.run(lambda c: put_away(c, [asked], bot.now))
    later = bot.now + timedelta(days=1)
    assert bot.run(lambda c: forget_answered(c, bot.now, 10)) == 0
    assert bot.run(lambda c: forget_answered(c, later, 10)) == 4
    assert bot.run(people_reached) == {}


def test_it_waits_until_the_answer_is_in_force_here_but_not_for_ever(bot: Bot) -> None:
    bot.known = set()
    first = bot.asks(7, "甲")
    bot.answers([first])
    assert bot.turn() == []
    bot.known = {ENTRY}
    assert bot.turn() == [f"7 answered 甲={ENTRY}"]
    second = bot.asks(8, "乙")
    bot.answers([second], "general.gone")
    assert len(bot.turn()) == 1
    bot.now += PATIENCE
    assert bot.turn()[1:] == ["8 answered 乙=general.gone"]
