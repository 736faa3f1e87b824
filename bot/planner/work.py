"""What one turn of planning works with: the rules, the instant, and ways to read and write."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from bot.reminders import QuietHours
from bot.store.clocks import Clock, clocks
from bot.store.transactions import reads
from settlement.rulebook import Rulebook

__all__ = ["Progress", "Run", "Work"]

Run = Callable[[Callable[[Connection], int]], int]
"""Runs a job in a transaction of its own and returns its result once that is committed."""


@dataclass(slots=True)
class Progress:
    """How far long jobs have come, by name; lost with the process, then they begin again."""

    reached: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Work:
    """One turn (一轮计划); `quiet` and `zone` are for people who have not chosen their own.

    `knows` says whether an entry of the answers is in force in this process yet.
    """

    engine: Engine
    run: Run
    rulebook: Rulebook
    now: datetime
    quiet: QuietHours
    zone: ZoneInfo
    progress: Progress
    knows: Callable[[str], bool] = lambda _: True
    _clocks: Sequence[Clock] | None = None

    def carry_out(self, job: Callable[[Connection], object]) -> None:
        """Do a job that plans nothing in a transaction of its own."""

        def planning_nothing(connection: Connection) -> int:
            job(connection)
            return 0

        self.run(planning_nothing)

    def reading(self) -> Connection:
        """A connection that reads beside the writer."""
        return reads(self.engine)

    def zone_of(self, name: str | None) -> ZoneInfo:
        """The zone somebody chose; the installation's, if none or none we know."""
        try:
            return ZoneInfo(name) if name else self.zone
        except (ValueError, OSError, LookupError):
            return self.zone

    def quiet_of(self, clock: Clock) -> QuietHours:
        """The quiet hours somebody chose, by the hours in which they want to be told."""
        if clock.sending_from is None or clock.sending_until is None:
            return self.quiet
        return QuietHours(
            time.fromisoformat(clock.sending_until), time.fromisoformat(clock.sending_from)
        )

    def clocks(self) -> Sequence[Clock]:
        """Every clock somebody lives by, read once in a turn."""
        if self._clocks is None:
            with self.reading() as connection:
                self._clocks = clocks(connection)
        return self._clocks

    def first_loud(self, instant: datetime) -> list[tuple[Clock, datetime]]:
        """When people may first be told what is due from an instant on, for each clock."""
        return [
            (clock, self.quiet_of(clock).first_loud(instant, self.zone_of(clock.zone)))
            for clock in self.clocks()
        ]
