from sqlalchemy import Engine

from bot.planner.leased import LeasedPlanner
from bot.store.tables import leases
from bot.writer import Writer


class Counting:
    """A planner that counts its turns, and how often it trusts nothing any more."""

    turns = 0
    afresh = 0

    async def tick(self, writer: Writer) -> int:
        self.turns += 1
        return 3

    def look_afresh(self) -> None:
        self.afresh += 1


async def test_one_replica_plans_until_its_lease_runs_out(engine: Engine, writer: Writer) -> None:
    mine, theirs = Counting(), Counting()
    first, second = LeasedPlanner(mine), LeasedPlanner(theirs)
    assert [await first.tick(writer) for _ in range(3)] == [3, 3, 3]
    assert await second.tick(writer) == 0
    with engine.begin() as connection:
        connection.execute(leases.delete())  # as if it had run out
    assert await second.tick(writer) == 3
    assert (mine.turns, theirs.turns) == (3, 1)
    with engine.begin() as connection:
        connection.execute(leases.delete())
    first._renew_at = 0.0
    second._renew_at = 0.0
    assert await first.tick(writer) == 3
    assert await second.tick(writer) == 0
    assert (mine.afresh, theirs.afresh) == (1, 1)


async def test_who_lost_the_lease_trusts_nothing_of_before(engine: Engine, writer: Writer) -> None:
    planner = Counting()
    leased = LeasedPlanner(planner)
    await leased.tick(writer)
    with engine.begin() as connection:
        connection.execute(leases.update().values(owner="somebody else"))
    leased._renew_at = 0.0
    assert await leased.tick(writer) == 0
    with engine.begin() as connection:
        connection.execute(leases.delete())
    assert await leased.tick(writer) == 3
    assert planner.afresh == 2
