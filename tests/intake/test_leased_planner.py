from sqlalchemy import Engine

from bot.planner.leased import LeasedPlanner
from bot.store.tables import leases
from bot.writer import Writer


class Counting:
    """A planner that counts its turns."""

    turns = 0

    async def tick(self, writer: Writer) -> int:
        self.turns += 1
        return 3


async def test_one_replica_plans_until_its_lease_runs_out(engine: Engine, writer: Writer) -> None:
    mine, theirs = Counting(), Counting()
    first, second = LeasedPlanner(mine), LeasedPlanner(theirs)
    assert [await first.tick(writer) for _ in range(3)] == [3, 3, 3]
    assert await second.tick(writer) == 0
    with engine.begin() as connection:
        connection.execute(leases.delete())  # as if it had run out
    assert await second.tick(writer) == 3
    assert (mine.turns, theirs.turns) == (3, 1)
