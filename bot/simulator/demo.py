"""One process with everything a demo or a test needs around the bot: Bot API, control, page."""

from collections.abc import Sequence
from typing import Self

from aiohttp import web

from bot.simulator.bot_api import BotApi
from bot.simulator.clock import ClockPanel, DayPassed, MovableClock, NextPayoutDay
from bot.simulator.control_api import ControlApi
from bot.simulator.crowd_control import CrowdControl
from bot.simulator.delivery import Delivery
from bot.simulator.fault_control import FaultControl
from bot.simulator.faults import Faults, no_faults
from bot.simulator.page_files import add_page
from bot.simulator.people import BotAccount, Person
from bot.simulator.suggestions import Suggestion
from bot.simulator.telegram_world import TelegramWorld

__all__ = ["DemoServer"]

HOST = "127.0.0.1"


class DemoServer:
    """The simulated Telegram on a local port; use it as an asynchronous context manager.

    `world` may be used directly from the same event loop; everybody else goes over HTTP.
    """

    def __init__(
        self,
        token: str,
        people: Sequence[Person],
        clock: MovableClock,
        *,
        suggestions: Sequence[Suggestion] = (),
        next_payout_day: NextPayoutDay | None = None,
        port: int = 0,
        faults: Faults = no_faults,
    ) -> None:
        """Prepare; port 0 takes a free one. Nothing listens before `start`."""
        self.world = TelegramWorld(BotAccount(token), people, clock.now)
        self.bot_api = BotApi(self.world, faults)
        self._delivery = Delivery(self.world)
        self._panel = ClockPanel(clock, next_payout_day)
        self._control = ControlApi(self.world, self._panel, suggestions)
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where the page is, and the root of the Bot API (MINGZHANG_BOT_API)."""
        return f"http://{HOST}:{self._port}"

    def when_a_day_passes(self, act: DayPassed) -> None:
        """Have the bot act on each day the clock is moved over."""
        self._panel.day_passed = act

    def application(self) -> web.Application:
        """The web application, not yet served."""
        application = web.Application(client_max_size=64 * 1024 * 1024)
        self.bot_api.add_to(application)
        self._control.add_to(application)
        CrowdControl(self.world).add_to(application)
        FaultControl(self.bot_api).add_to(application)
        add_page(application)
        return application

    async def start(self) -> None:
        """Listen; from now on `url` is true."""
        self._runner = web.AppRunner(
            self.application(), access_log=None, handler_cancellation=True, shutdown_timeout=1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        await self._delivery.start()

    async def stop(self) -> None:
        """Close the port; waiting polls and event streams end."""
        await self._delivery.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()
