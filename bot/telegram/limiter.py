"""How fast may be sent (限速): one message a second to a chat with a burst of three.

Telegram's own limits are not published exactly; these are what its FAQ asks for.
"""

from dataclasses import dataclass

__all__ = ["Limiter"]

CHAT_PER_SECOND = 1.0
CHAT_BURST = 3.0
PUSHES_PER_SECOND = 25.0
PUSHES_BURST = 5.0


@dataclass(slots=True)
class _Bucket:
    """Tokens that refill with time; `at` is when they were last counted."""

    rate: float
    size: float
    tokens: float
    at: float

    def count(self, at: float) -> float:
        self.tokens = min(self.size, self.tokens + (at - self.at) * self.rate)
        self.at = at
        return self.tokens


class Limiter:
    """Counts what is sent, by a clock of seconds that only goes forward."""

    def __init__(self, at: float) -> None:
        self._chats: dict[int, _Bucket] = {}
        self._pushes = _Bucket(PUSHES_PER_SECOND, PUSHES_BURST, PUSHES_BURST, at)

    @property
    def chats(self) -> int:
        """How many chats are remembered."""
        return len(self._chats)

    def held(self, at: float) -> list[int]:
        """The chats that must wait now; forgets those that have long been quiet."""
        for chat, bucket in list(self._chats.items()):
            if bucket.count(at) >= CHAT_BURST:
                del self._chats[chat]
        return [chat for chat, bucket in self._chats.items() if bucket.tokens < 1]

    def pushes(self, at: float) -> int:
        """How many pushes may go now."""
        return int(self._pushes.count(at))

    def spend(self, chat: int, at: float, *, push: bool) -> None:
        """Count a message to a chat."""
        if chat not in self._chats:
            self._chats[chat] = _Bucket(CHAT_PER_SECOND, CHAT_BURST, CHAT_BURST, at)
        bucket = self._chats[chat]
        bucket.count(at)
        bucket.tokens -= 1
        if push:
            self._pushes.tokens -= 1
