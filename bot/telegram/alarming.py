"""What the alarms need of Telegram (告警): what it complains of, and a word past the outbox."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.desk.replies import Say
from bot.health.causes import Delivery
from bot.telegram.transport import Accepted, BotApi

__all__ = ["AlarmApi"]

ANSWER_SECONDS = 10.0


class AlarmApi:
    """A few calls of the Bot API beside the service; `close` it in the end."""

    def __init__(self, api: BotApi, *, webhook: bool) -> None:
        self._api = api
        self._webhook = webhook
        self._open = False

    @property
    def bot(self) -> int:
        """The bot's own number."""
        return self._api.bot

    async def delivery(self) -> Delivery | None:
        """Telegram's last complaint about the webhook, if there is a webhook."""
        if not self._webhook:
            return None
        await self._opened()
        match await self._api.call("getWebhookInfo", {}, ANSWER_SECONDS):
            case Accepted(Mapping() as info):
                at, message = info.get("last_error_date"), info.get("last_error_message")
                if isinstance(at, int) and isinstance(message, str):
                    return Delivery(message, datetime.fromtimestamp(at, UTC))
        return None

    async def say(self, chat: int, said: Say) -> None:
        """Send one message at most once; whether it arrives is not known to anybody."""
        await self._opened()
        arguments = {"chat_id": chat, "text": said.html, "parse_mode": "HTML"}
        await self._api.call("sendMessage", arguments, ANSWER_SECONDS)

    async def close(self) -> None:
        """Close the connections."""
        if self._open:
            await self._api.close()

    async def _opened(self) -> None:
        if not self._open:
            await self._api.open()
            self._open = True
