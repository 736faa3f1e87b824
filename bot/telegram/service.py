"""The bot at work (服务): intake, sender and ticker of one process."""

import asyncio
import gc
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, Engine

from bot.handing_over import tell_overdue
from bot.health.condition import STARTING, Condition
from bot.intake import AnswersMessages, Intake
from bot.logs import fault_name
from bot.metrics import counted
from bot.store.claiming import LEASE
from bot.store.forgetting import forget_settled
from bot.store.hourly_counts import add_counts
from bot.store.pace import Limits
from bot.store.retention import forget_old
from bot.store.transactions import is_databases_fault
from bot.store.updates import forget_handled
from bot.store.waking import listen
from bot.telegram.busy import BusyNotices
from bot.telegram.counting import NewCounts
from bot.telegram.dispatch import Me
from bot.telegram.flooding import FloodGate
from bot.telegram.gateway import Gateway, Polling, Submit
from bot.telegram.introducing import introduce
from bot.telegram.limiter import TELEGRAM
from bot.telegram.measuring import MeasuredSubmit
from bot.telegram.menu import announce_commands
from bot.telegram.poller import PollerLease
from bot.telegram.sender import FLUSH_SECONDS, Sender
from bot.telegram.submitting import Submissions
from bot.telegram.transport import BotApi
from bot.telegram.webhook_gateway import WebhookGateway, WebhookPlace
from bot.writer import Writer

__all__ = ["MakesGateway", "PlansPushes", "Service", "brought_to", "polling"]

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
REMEMBERED = timedelta(days=7)
FORGOTTEN_AT_ONCE = 500
INTAKE_SECONDS = 4.0
"""How long stopping waits for the batch under way."""


class PlansPushes(Protocol):
    """Puts pushes that have become due into the outbox."""

    async def tick(self, writer: Writer) -> int:
        """How many were put there; called every second, so mostly none."""
        ...


MakesGateway = Callable[[BotApi, Me, Submit, Writer], Gateway]
"""What makes the gateway once the bot knows who it is."""


def polling(api: BotApi, me: Me, submit: Submit, writer: Writer) -> Gateway:
    """Ask Telegram for updates."""
    return Polling(api, me, submit, PollerLease(writer.run, me.id))


def brought_to(place: WebhookPlace) -> MakesGateway:
    """Have Telegram bring updates to an address."""
    return lambda api, me, submit, _: WebhookGateway(api, me, submit, place)


class Service:
    """One process of the bot.

    `desk_for` makes the desk once the bot's own user name is known. What is being sent is this
    process's own for `lease`; then another takes it for dead. A person may send `burst` messages
    at once and one a second after that; 0 is no limit.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        api: BotApi,
        desk_for: Callable[[str], AnswersMessages],
        planner: PlansPushes,
        now: Callable[[], datetime],
        gateway: MakesGateway = polling,
        operator_chat: int | None = None,
        lease: timedelta = LEASE,
        limits: Limits = TELEGRAM,
        burst: int = 0,
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._burst = burst
        self._lease = lease
        self._gateway = gateway
        self._operator_chat = operator_chat
        self._api = api
        self._desk_for = desk_for
        self._planner = planner
        self._now = now
        self._running: _Running | None = None
        self._name: str | None = None
        self._failing_since: float | None = None

    @property
    def name(self) -> str | None:
        """The bot's user name, once Telegram has told it."""
        return self._name

    async def start(self) -> None:
        """Ask Telegram who the bot is, waiting for it if need be, and begin to serve.

        Raises TokenRefusedError if Telegram does not know the token.
        """
        await self._api.open()
        try:
            me = await introduce(self._api, self._engine, self._now)
        except BaseException:
            await self._api.close()
            raise
        self._name = me.username
        self._running = self._begin(me)

    async def wait(self) -> None:
        """Return when the service is stopped; raises if it cannot go on."""
        if self._running is not None:
            await asyncio.shield(self._running.taking_in)

    def condition(self) -> Condition:
        """How it is; may be asked from any thread."""
        running = self._running
        if running is None:
            return STARTING
        heard_at, failing_since = running.gateway.heard_at, self._failing_since
        return Condition(
            started=True,
            open=running.gateway.is_open and not running.taking_in.done(),
            heard=None if heard_at is None else monotonic() - heard_at,
            failing=0.0 if failing_since is None else monotonic() - failing_since,
            writing=running.writer.busy_seconds,
            writer_lives=running.writer.lives,
        )

    async def plan(self) -> None:
        """Put what is due by now into the outbox, without waiting for the next tick."""
        if self._running is not None and await self._planner.tick(self._running.writer):
            self._running.sender.wake()

    async def stop(self) -> None:
        """Fetch nothing more, finish what was begun, write it down; at most about ten seconds."""
        if self._running is None:
            return
        running, self._running = self._running, None
        running.gateway.stop()
        await asyncio.wait((running.taking_in,), timeout=INTAKE_SECONDS)
        running.sender.stop()
        await asyncio.wait((running.sending,), timeout=FLUSH_SECONDS + 1)
        tasks = (running.taking_in, running.sending, *running.others)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(running.writer.stop)
        await self._api.close()

    def _begin(self, me: Me) -> "_Running":
        loop = asyncio.get_running_loop()
        desk = self._desk_for(me.username)
        intake = Intake(desk, me.id, self._now, self._operator_chat)
        # Everything loaded so far stays for good; collecting it again and again made pauses of
        # 60 ms and more, once a second.
        gc.collect()
        gc.freeze()
        writer = Writer(self._engine, intake, lambda: loop.call_soon_threadsafe(sender.wake))
        sender = Sender(
            self._api, writer, self._now, me.id, self._operator_chat, self._limits, self._lease
        )
        measured = MeasuredSubmit(Submissions(writer.submit).submit)
        submit = BusyNotices(measured.submit, self._api).submit
        if self._burst:
            submit = FloodGate(submit, self._api, self._burst, self._operator_chat).submit
        gateway = self._gateway(self._api, me, submit, writer)
        writer.start()
        others = (
            self._tick(writer, sender, me.id),
            announce_commands(self._api),
            listen(self._engine, sender.wake),
        )
        return _Running(
            writer,
            sender,
            gateway,
            asyncio.create_task(gateway.run()),
            asyncio.create_task(sender.run()),
            tuple(asyncio.create_task(each) for each in others),
        )

    async def _tick(self, writer: Writer, sender: Sender, bot: int) -> None:
        counting = NewCounts(counted)
        while True:
            counts = counting.new()
            try:
                if await self._planner.tick(writer):
                    sender.wake()
                look_after = partial(self._look_after, bot=bot, counts=counts)
                if await asyncio.wrap_future(writer.run(look_after)):
                    sender.wake()
                counting.written(counts)
                self._failing_since = None
            except Exception as error:  # the next tick tries again; nothing was half done
                if is_databases_fault(error):
                    self._failing_since = self._failing_since or monotonic()
                logger.error("pushes could not be planned: %s", fault_name(error))
            await asyncio.sleep(TICK_SECONDS)

    def _look_after(self, connection: Connection, bot: int, counts: Mapping[str, int]) -> int:
        """Forget what is old; how many cases were found that nobody took in time."""
        now = self._now()
        add_counts(connection, counts, now)
        forget_handled(connection, now - REMEMBERED, FORGOTTEN_AT_ONCE)
        forget_settled(connection, now, FORGOTTEN_AT_ONCE)
        forget_old(connection, now, FORGOTTEN_AT_ONCE)
        return tell_overdue(connection, bot, now)


class _Running(NamedTuple):
    """The parts of a service that serves."""

    writer: Writer
    sender: Sender
    gateway: Gateway
    taking_in: asyncio.Task[None]
    sending: asyncio.Task[None]
    others: tuple[asyncio.Task[None], ...]
