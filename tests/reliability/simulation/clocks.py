"""The clock of the simulated world, and the one the bot sees."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Clock:
    """True time; the bot's own clock may be wrong, the database's is not."""

    true: datetime
    error: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """What the bot takes the time to be."""
        return self.true + self.error

    def database(self, _format: str, _when: str) -> str:
        """What SQLite's strftime answers."""
        return self.true.strftime("%Y-%m-%d %H:%M:%S.%f")
