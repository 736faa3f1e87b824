"""The queue of updates a bot has not confirmed yet."""

from collections import deque
from collections.abc import Collection
from itertools import islice

__all__ = ["Update", "UpdateQueue"]

Update = dict[str, object]

KINDS = frozenset({"message", "edited_message", "callback_query"})
"""The kinds of update this emulator can send."""


class UpdateQueue:
    """Updates in the order they arose, kept until they are confirmed.

    Asking with offset n confirms everything below n; what is not confirmed is given again,
    as often as it is asked for.
    """

    def __init__(self, first_id: int) -> None:
        """Number the updates from `first_id` on."""
        self._next_id = first_id
        self._waiting: deque[tuple[int, Update]] = deque()
        self._allowed = KINDS

    def __len__(self) -> int:
        """How many updates wait."""
        return len(self._waiting)

    def allow(self, kinds: Collection[str]) -> None:
        """Remember which kinds the bot wants from now on; none named means all."""
        self._allowed = frozenset(kinds) & KINDS if kinds else KINDS

    def add(self, kind: str, content: dict[str, object]) -> int | None:
        """Queue one update; returns its id, or None where the bot does not want the kind."""
        if kind not in self._allowed:
            return None
        update_id = self._next_id
        self._next_id += 1
        self._waiting.append((update_id, {"update_id": update_id, kind: content}))
        return update_id

    def confirm_below(self, offset: int) -> None:
        """Forget what the offset confirms; a negative one keeps only that many at the end."""
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        while self._waiting and self._waiting[0][0] < offset:
            self._waiting.popleft()

    def first(self, limit: int) -> list[Update]:
        """The oldest unconfirmed updates, at most `limit` (1 to 100, clamped as at Telegram)."""
        size = min(max(limit, 1), 100)
        return [update for _, update in islice(self._waiting, size)]

    def clear(self) -> None:
        """Drop everything, as drop_pending_updates does."""
        self._waiting.clear()
