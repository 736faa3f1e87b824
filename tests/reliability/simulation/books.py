"""What the oracle knows: people, lines and the calendar, and what was found wrong (账本)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.reliability.simulation.lines import Line
from tests.reliability.simulation.payout_days import Calendar
from tests.reliability.simulation.people import Person

CHANGES = ("order", "everything", "changes")
PAYOUTS = ("order", "everything", "platform")
ABOUT_DAYS = {"ahead", "payout", "arrived"}


@dataclass
class Books:
    """Everything that was said and done; `edition` counts reports and rules."""

    calendar: Calendar = field(default_factory=Calendar)
    ruled_at: datetime | None = None
    people: dict[int, Person] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    edition: int = 0
    wrong: list[str] = field(default_factory=list)
    delivered: int = 0
    required: int = 0

    def complain(self, sin: str, now: datetime, *about: object) -> None:
        self.wrong.append(f"{sin} at {now:%Y-%m-%dT%H:%M:%S}Z: {' '.join(map(str, about))}")

    def reported(self, lines: Iterable[Line]) -> None:
        """A report has brought these lines, or news of them."""
        self.edition += 1
        for line in lines:
            self.lines[line.number] = line
            for person in self.people.values():
                person.wonder({line.number})

    def ruled(self, at: datetime) -> None:
        """The rules or the calendar are others from now on."""
        self.edition += 1
        self.ruled_at = at
        for person in self.people.values():
            person.wonder(self.lines.keys())
