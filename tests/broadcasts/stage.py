"""A planner whose turns are taken by hand, and an outbox that is emptied by hand (群发测试)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from bot.planner import Planner
from bot.store.broadcasts import Broadcast, read_broadcast
from bot.store.letters import State
from bot.store.recipient_outcomes import Figures, figures_of
from bot.store.tables import outbox
from bot.store.transactions import transact

__all__ = ["SECRET", "SHANGHAI", "Hand", "Post"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECRET = b"a secret of the tests"
ENOUGH = 50


@dataclass
class Hand:
    """A clock that is set by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def set(self, day: date, hour: int) -> None:
        self.at = datetime.combine(day, time(hour), SHANGHAI)


class Post:
    """Takes turns, and says of waiting letters what Telegram would."""

    def __init__(self, engine: Engine, planner: Planner, hand: Hand) -> None:
        self.engine = engine
        self.planner = planner
        self.hand = hand
        self.arrived: Counter[int] = Counter()
        """How many letters each person was sent."""

    def turn(self) -> int:
        """One turn of the planner: how many letters it put into the outbox."""
        return self.planner.turn(lambda job: transact(self.engine, job))

    def waiting(self) -> list[int]:
        """Whose letters wait in the outbox."""
        with self.engine.connect() as connection:
            found = select(outbox.c.user).where(outbox.c.state == State.PENDING)
            return sorted(user for (user,) in connection.execute(found))

    def deliver(self, *users: int, state: State = State.SENT) -> None:
        """Send what waits, all of it or to these people; nothing else is done with the outbox."""
        with self.engine.begin() as connection:
            which = outbox.update().where(outbox.c.state == State.PENDING)
            if users:
                which = which.where(outbox.c.user.in_(users))
            sent = connection.execute(
                which.values(state=state, settled_at=self.hand.now()).returning(outbox.c.user)
            )
            self.arrived.update(user for (user,) in sent)

    def play(self) -> Counter[int]:
        """Turn and send until nothing happens any more; who has got how many."""
        for _ in range(ENOUGH):
            if not self.turn() and not self.waiting():
                self.turn()
                return self.arrived
            self.deliver()
        raise AssertionError(f"it goes on after {ENOUGH} turns")

    def now_is(self, broadcast: Broadcast) -> Broadcast:
        """The broadcast as it stands."""
        with self.engine.connect() as connection:
            found = read_broadcast(connection, broadcast.id)
        assert found is not None
        return found

    def figures(self, broadcast: Broadcast) -> Figures:
        """How many people stand where."""
        with self.engine.connect() as connection:
            return figures_of(connection, broadcast.id)
