"""What the demo's console shows of the days before (演示的往日数字): made up, and always the same.

The demo's people have only begun to talk when somebody looks at the overview.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, cycle

from sqlalchemy import Connection

from bot.desk.menus import examples
from bot.desk.rendering import Voice
from bot.store.hourly_counts import add_counts
from bot.store.questions import NOT_OURS
from bot.store.tables import given_answers, unanswered_questions
from knowledge.entry import KnowledgeBase

__all__ = ["fill_past_days"]

DAYS = 45
FIRST_STRANGER = 5001
"""Nobody in the demo has the number of somebody who asked before."""
OPEN_DAYS = 6
"""What was asked before has been put away, so that what is open can be looked through."""
ASKED = (
    "直播间背景图哪里下载",
    "直播手卡用什么模板",
    "你们招不招主播",
    "直播间用什么灯好",
    "直播间的背景图在哪里可以下载",
    "怎么涨粉快",
    "手机直播买什么麦克风",
)
"""What no answer of ours says, each some days again."""


def fill_past_days(connection: Connection, knowledge: KnowledgeBase, now: datetime) -> None:
    """Make up what was asked and sent on the days before, what was answered and what was not."""
    for back in range(1, DAYS + 1):
        add_counts(connection, _of_a_day(back), now - timedelta(days=back))
    connection.execute(unanswered_questions.insert(), list(_left_unanswered(now)))
    entries = [entry.id for _, entry in examples(knowledge, Voice("zh"))]
    rows = [
        {"user": FIRST_STRANGER + asker, "entry": entry, "given_at": now - timedelta(hours=asker)}
        for place, entry in enumerate(entries)
        for asker in range(3 * (len(entries) - place))
    ]
    connection.execute(given_answers.insert(), rows)


def _left_unanswered(now: datetime) -> Iterator[dict[str, object]]:
    """A question for each that the days before count as not answered, the oldest first."""
    askers, texts = count(FIRST_STRANGER), cycle(ASKED)
    for back in range(DAYS, 0, -1):
        at, is_open = now - timedelta(days=back), back <= OPEN_DAYS
        for _ in range(_of_a_day(back)["answer:unknown"]):
            asker = next(askers)
            yield {
                "user": asker,
                "chat": asker,
                "text": next(texts),
                "outcome": "unknown",
                "asked_at": at,
                "closed_at": None if is_open else at + timedelta(days=1),
                "closed_as": None if is_open else NOT_OURS,
            }


def _of_a_day(back: int) -> dict[str, int]:
    """Fewer on two days of seven, and more of late."""
    busy = (3 if back % 7 in (1, 2) else 6) * (DAYS + 15 - back) // 15
    return {
        "answer:answer": 3 * busy + back % 5,
        "answer:order": 2 * busy + back % 3,
        "answer:choices": busy,
        "answer:unknown": (busy + back % 4) // 3,
        "push:sent": busy + back % 6,
    }
