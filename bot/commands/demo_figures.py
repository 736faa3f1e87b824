"""What the demo's console shows of the days before (演示的往日数字): made up, and always the same.

The demo's people have only begun to talk when somebody looks at the overview.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.desk.menus import examples
from bot.desk.rendering import Voice
from bot.store.hourly_counts import add_counts
from bot.store.tables import given_answers
from knowledge.entry import KnowledgeBase

__all__ = ["fill_past_days"]

DAYS = 45
FIRST_STRANGER = 5001
"""Nobody in the demo has the number of somebody who asked before."""


def fill_past_days(connection: Connection, knowledge: KnowledgeBase, now: datetime) -> None:
    """Make up what was asked and sent on the days before, and which answers people got."""
    for back in range(1, DAYS + 1):
        add_counts(connection, _of_a_day(back), now - timedelta(days=back))
    entries = [entry.id for _, entry in examples(knowledge, Voice("zh"))]
    rows = [
        {"user": FIRST_STRANGER + asker, "entry": entry, "given_at": now - timedelta(hours=asker)}
        for place, entry in enumerate(entries)
        for asker in range(3 * (len(entries) - place))
    ]
    connection.execute(given_answers.insert(), rows)


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
