"""The webhook gateway (推送网关): Telegram is told where to bring updates."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlsplit

from starlette.routing import BaseRoute, Route

from bot.telegram.dispatch import ALLOWED_UPDATES, Me
from bot.telegram.gateway import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    TOKEN_REFUSED,
    Submit,
    TokenRefusedError,
)
from bot.telegram.transport import Accepted, BotApi, Outcome, Refused
from bot.telegram.webhook import WebhookDoor, WebhookEndpoint

__all__ = ["USUAL_PATH", "WebhookGateway", "WebhookPlace"]

logger = logging.getLogger(__name__)

USUAL_PATH = "/telegram"
MAX_CONNECTIONS = 100
"""Requests Telegram may have open at once; those that wait together share one commit."""


@dataclass(frozen=True, slots=True)
class WebhookPlace:
    """Where updates are brought: `url` is the outside of what `routes` are the inside.

    A `url` without a path gets the usual one. A proxy may cut a prefix off: the usual path is
    served too.
    """

    url: str
    secret: str
    door: WebhookDoor = field(default_factory=WebhookDoor, compare=False)

    @property
    def address(self) -> str:
        """What Telegram is told."""
        return self.url if self._path else self.url.rstrip("/") + USUAL_PATH

    @property
    def paths(self) -> tuple[str, ...]:
        """What is served."""
        return tuple(dict.fromkeys((self._path or USUAL_PATH, USUAL_PATH)))

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """For the web server."""
        return [Route(path, self.door) for path in self.paths]

    @property
    def _path(self) -> str:
        return urlsplit(self.url).path.rstrip("/")


class WebhookGateway:
    """Tells Telegram where to bring updates, and takes in what it brings."""

    def __init__(self, api: BotApi, me: Me, submit: Submit, place: WebhookPlace) -> None:
        self._api = api
        self._me = me
        self._place = place
        self._endpoint = WebhookEndpoint(me, place.secret, submit)
        self._stopping = asyncio.Event()
        self._is_open = False
        self._heard_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether Telegram has accepted the address, and nobody has asked to stop."""
        return self._is_open and not self._stopping.is_set()

    @property
    def heard_at(self) -> float | None:
        """When Telegram last brought something or accepted the address, by the monotonic clock."""
        return max(filter(None, (self._heard_at, self._endpoint.heard_at)), default=None)

    async def run(self) -> None:
        """Serve until `stop`; raises TokenRefusedError.

        The webhook stays registered afterwards: Telegram keeps what comes meanwhile for the
        next process, or brings it to another replica.
        """
        self._place.door.endpoint = self._endpoint
        registering = asyncio.create_task(self._register())
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((registering, stopped), return_when=asyncio.FIRST_COMPLETED)
            if registering.done():
                await registering
                await stopped
        finally:
            registering.cancel()
            stopped.cancel()
            self._endpoint.stop()
            await self._endpoint.finished()

    def stop(self) -> None:
        """Take nothing more; requests under way are answered after their commit."""
        self._endpoint.stop()
        self._stopping.set()

    async def _register(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not await self._registered():
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        logger.info(
            "@%s is serving: Telegram brings updates to %s",
            self._me.username,
            self._place.address,
        )

    async def _registered(self) -> bool:
        outcome = await self._api.call("setWebhook", self._wishes())
        match outcome:
            case Accepted():
                self._is_open, self._heard_at = True, monotonic()
                return True
            case Refused(401):
                raise TokenRefusedError(TOKEN_REFUSED)
        _tell_refusal(outcome)
        return False

    def _wishes(self) -> dict[str, object]:
        return {
            "url": self._place.address,
            "secret_token": self._place.secret,
            "allowed_updates": list(ALLOWED_UPDATES),
            "max_connections": MAX_CONNECTIONS,
            "drop_pending_updates": False,
        }


def _tell_refusal(outcome: Outcome) -> None:
    if isinstance(outcome, Refused):
        # The name may not resolve yet, so a refusal need not be the last word.
        logger.error(
            "Telegram 没有接受 webhook 地址，请核对 MINGZHANG_WEBHOOK_URL：%s", outcome.description
        )
    else:
        logger.warning("setWebhook: %s", outcome)
