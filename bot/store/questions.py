"""Questions people asked and got no sure answer to (未答问题)."""

from sqlalchemy import Connection, select

from bot.store.tables import unanswered_questions

__all__ = ["unanswered_texts"]


def unanswered_texts(connection: Connection) -> list[str]:
    """Each text once."""
    texts = select(unanswered_questions.c.text).distinct().order_by(unanswered_questions.c.text)
    return list(connection.execute(texts).scalars())
