"""How fast may be sent (限速), and what a 429 is about.

Telegram's own limits are not published exactly. Its FAQ asks for one message a second to a chat
with short bursts, 20 a minute to a group and about 30 a second to everybody; answers may go
faster than that as long as it does not object, so only pushes are slowed down together.
"""

from datetime import timedelta

from bot.store.pace import Limits, Pace

__all__ = ["TELEGRAM", "Floods"]

TELEGRAM = Limits(
    person=Pace(timedelta(seconds=1), burst=3),
    # The burst and 17 more fit into any minute.
    group=Pace(timedelta(microseconds=3_529_412), burst=3),
    push_interval=timedelta(milliseconds=40),
)
SAME_FLOOD_SECONDS = 1.0
SEVERAL = 3


class Floods:
    """Tells a chat's own 429 from one that means all chats (全局限流).

    When the bot as a whole is too fast, Telegram refuses everything: several chats in a row, with
    nothing accepted in between. A call without a chat has no limit but that of the whole bot.
    """

    def __init__(self) -> None:
        self._refused: dict[int, float] = {}

    def accepted(self) -> None:
        """Something got through."""
        self._refused.clear()

    def refused(self, chat: int | None, at: float) -> bool:
        """Count a 429, by a clock of seconds that never goes back; whether it means all chats."""
        if chat is None:
            return True
        self._refused[chat] = at
        self._refused = {
            each: when for each, when in self._refused.items() if at - when <= SAME_FLOOD_SECONDS
        }
        return len(self._refused) >= SEVERAL
