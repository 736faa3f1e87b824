"""What people are told while the database fails (系统繁忙), outside the outbox that is in it."""

from collections.abc import Sequence

from bot.desk.incoming import Incoming
from bot.desk.trouble import busy
from bot.intake import Received
from bot.store.transactions import is_databases_fault
from bot.telegram.gateway import Submit
from bot.telegram.notices import Notices
from bot.telegram.transport import BotApi

__all__ = ["BusyNotices"]

REMEMBERED = 10_000


class BusyNotices:
    """Submits updates, and while that fails tells each person once that it will be later.

    The updates themselves stay with Telegram, so nothing is lost if a notice is.
    """

    def __init__(self, submit: Submit, api: BotApi) -> None:
        self._submit = submit
        self._notices = Notices(api)
        self._told: set[int] = set()

    async def submit(self, received: Sequence[Received]) -> None:
        """As `submit` itself; raises what it raises."""
        try:
            await self._submit(received)
        except Exception as error:
            if is_databases_fault(error):
                self._explain([each.incoming for each in received if each.incoming])
            raise
        self._told.clear()

    async def settled(self) -> None:
        """Return when no notice is under way."""
        await self._notices.settled()

    def _explain(self, hit: Sequence[Incoming]) -> None:
        for incoming in hit:
            # Whoever finds no place is told when Telegram delivers the message again.
            room = self._notices.has_room and len(self._told) < REMEMBERED
            if incoming.can_be_told and room and incoming.user not in self._told:
                self._told.add(incoming.user)
                self._notices.tell(incoming, busy(incoming))
