"""A Telegram inside the process: what arrives, what is refused, and when it is away."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bot.telegram.transport import Accepted, Outcome, Refused, Uncertain, Unreachable

FLOODED, BROKEN, LOST = 0.05, 0.03, 0.02
WAITS = (1, 3, 35, 234, 1386)
"""Seconds that people saw Telegram ask for."""

Arrives = Callable[[int, Mapping[str, Any], datetime], None]


@dataclass
class Telegram:
    """Tells what arrives; `astray` counts the requests whose fate nobody learns."""

    random: Random
    now: Callable[[], datetime]
    arrives: Arrives
    away: bool = False
    blocked: set[int] = field(default_factory=set)
    astray: int = 0
    held_until: datetime | None = None

    def send(self, method: str, arguments: Mapping[str, Any]) -> Outcome:
        """Answer one request."""
        if self.away:
            return Unreachable("no route")
        if arguments["chat_id"] in self.blocked:
            return Refused(403, "Forbidden: bot was blocked by the user")
        luck = self.random.random()
        if luck < FLOODED:
            wait = self.random.choice(WAITS)
            self.held_until = self.now() + timedelta(seconds=wait)
            return Refused(429, "Too Many Requests", wait)
        if luck < FLOODED + BROKEN:
            self.astray += 1
            if self.random.random() < 0.5:
                self._arrive(arguments)
            return Uncertain("502")
        self._arrive(arguments)
        if luck < FLOODED + BROKEN + LOST:
            self.astray += 1
            return Uncertain("the answer was lost")
        return Accepted({"message_id": 1})

    def _arrive(self, arguments: Mapping[str, Any]) -> None:
        self.arrives(arguments["chat_id"], json.loads(arguments["text"]), self.now())
