"""The queue of updates a bot has not confirmed yet."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from bot.simulator.refusal import bad_request

__all__ = ["Update", "UpdateQueue", "chat_of", "once", "wanted_kinds"]

Update = dict[str, object]

KINDS = frozenset(
    {"message", "edited_message", "callback_query", "inline_query", "my_chat_member"}
)
"""The kinds of update this emulator can send."""
RETENTION = timedelta(hours=24)
"""How long Telegram keeps what nobody fetches."""


class _Waiting(NamedTuple):
    """An update and since when it waits."""

    update: Update
    since: datetime


def once(_update: int) -> bool:
    """What is confirmed does not come again."""
    return False


class UpdateQueue:
    """Updates in the order they arose, kept until they are confirmed, but no longer than a day.

    Asking with offset n confirms everything below n; what is not confirmed is given again,
    as often as it is asked for. `comes_again` may have a confirmed update given once more, as
    when Telegram loses the confirmation.
    """

    def __init__(self, first_id: int, now: Callable[[], datetime]) -> None:
        """Number the updates from `first_id` on."""
        self.comes_again: Callable[[int], bool] = once
        self._next_id = first_id
        self._now = now
        self._waiting: dict[int, _Waiting] = {}
        self._allowed = KINDS

    def __len__(self) -> int:
        """How many updates wait."""
        self._expire()
        return len(self._waiting)

    def __iter__(self) -> Iterator[tuple[int, Update]]:
        """The waiting updates with their ids, oldest first."""
        self._expire()
        return ((number, waiting.update) for number, waiting in self._waiting.items())

    def allow(self, kinds: Collection[str]) -> None:
        """Remember which kinds the bot wants from now on; none named means all."""
        self._allowed = frozenset(kinds) & KINDS if kinds else KINDS

    @property
    def allowed(self) -> frozenset[str]:
        """The kinds the bot wants."""
        return self._allowed

    def add(self, kind: str, content: dict[str, object]) -> int | None:
        """Queue one update; returns its id, or None where the bot does not want the kind."""
        if kind not in self._allowed:
            return None
        update_id = self._next_id
        self._next_id += 1
        update: Update = {"update_id": update_id, kind: content}
        self._waiting[update_id] = _Waiting(update, self._now())
        return update_id

    def confirm(self, update_id: int) -> None:
        """Forget one update, unless it is to come again."""
        if not self.comes_again(update_id):
            self._waiting.pop(update_id, None)

    def confirm_below(self, offset: int) -> None:
        """Forget what the offset confirms; a negative one keeps only that many at the end."""
        if offset < 0:
            for update_id in list(self._waiting)[:offset]:
                del self._waiting[update_id]
            return
        for update_id in [each for each in self._waiting if each < offset]:
            self.confirm(update_id)

    def first(self, limit: int) -> list[Update]:
        """The oldest unconfirmed updates, at most `limit` (1 to 100, clamped as at Telegram)."""
        size = min(max(limit, 1), 100)
        return [update for _, update in islice(self, size)]

    def clear(self) -> None:
        """Drop everything, as drop_pending_updates does."""
        self._waiting.clear()

    def _expire(self) -> None:
        oldest = self._now() - RETENTION
        while self._waiting:
            update_id, waiting = next(iter(self._waiting.items()))
            if waiting.since >= oldest:
                return
            del self._waiting[update_id]


def chat_of(update: Update) -> object:
    """The chat an update belongs to; a webhook gets those of one chat one after the other."""
    for kind in ("message", "edited_message"):
        if isinstance(content := update.get(kind), dict):
            return _chat(content)
    query = update.get("callback_query")
    message = query.get("message") if isinstance(query, dict) else None
    return _chat(message) if isinstance(message, dict) else None


def _chat(message: dict[str, object]) -> object:
    chat = message.get("chat")
    return chat.get("id") if isinstance(chat, dict) else None


def wanted_kinds(value: object) -> list[str]:
    """The kinds of update a bot names as allowed."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(kind, str) for kind in value):
        raise bad_request("can't parse allowed_updates JSON object")
    return value
