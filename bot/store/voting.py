"""What people think of the answers (评价): one vote of each person for each answer."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Integer, func, select

from bot.desk.effects import Vote
from bot.store.inserting import insert
from bot.store.tables import votes

__all__ = ["Opinion", "Tally", "opinions", "tallies", "vote"]


class Tally(NamedTuple):
    """How often an answer was found helpful, and how often not."""

    entry: str
    helpful: int
    unhelpful: int


class Opinion(NamedTuple):
    """What somebody found wrong with an answer; `words` are their own."""

    entry: str
    reason: str | None
    words: str | None
    revision: str
    voted_at: datetime


def vote(connection: Connection, user: int, cast: Vote, now: datetime) -> None:
    """Keep a vote; a later one of the same person on the same answer replaces it.

    A reason or words added to a vote leave the rest of it.
    """
    kept = {
        "helpful": cast.helpful,
        "revision": cast.revision,
        "voted_at": now,
        **({} if cast.reason is None else {"reason": cast.reason}),
        **({} if cast.words is None else {"words": cast.words}),
    }
    if cast.helpful:
        kept |= {"reason": None, "words": None}
    statement = insert(connection, votes).values(user=user, entry=cast.entry, **kept)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["user", "entry"], set_=kept)
    )


def tallies(connection: Connection) -> list[Tally]:
    """Every answer that somebody voted on, the least helpful first."""
    liked = func.sum(votes.c.helpful.cast(Integer))
    disliked = func.count() - liked
    counted = select(votes.c.entry, liked, disliked).group_by(votes.c.entry)
    return [Tally(*row) for row in connection.execute(counted.order_by(disliked.desc(), liked))]


def opinions(connection: Connection, entry: str | None = None) -> list[Opinion]:
    """What was found wrong, the latest first; of one answer or of all."""
    columns = [votes.c[name] for name in Opinion._fields]
    found = select(*columns).where(votes.c.helpful.is_(False)).order_by(votes.c.voted_at.desc())
    if entry is not None:
        found = found.where(votes.c.entry == entry)
    return [Opinion(*row) for row in connection.execute(found)]
