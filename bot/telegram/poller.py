"""One poller at a time (唯一轮询者): Telegram throws out the other, and both lose time."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.logs import fault_name
from bot.store.leases import acquire, held_by, release, renew

__all__ = ["PollerLease", "PollerRunningError"]

logger = logging.getLogger(__name__)

LEASE_SECONDS = 10.0
RENEWAL_SECONDS = 2.0
LOOK_SECONDS = 0.5

Result = TypeVar("Result")


class PollerRunningError(Exception):
    """Another process polls for this bot."""


class PollerLease:
    """The right to poll for one bot, held while this process does.

    `run` carries out a job on the store. A killed predecessor on this machine is recognised at
    once, one elsewhere when its lease has run out.
    """

    def __init__(
        self, run: Callable[[Callable[[Connection], Any]], Future[Any]], bot: int
    ) -> None:
        self._run = run
        self._name = f"poller:{bot}"
        self._owner = f"{_machine()}:{os.getpid()}:{secrets.token_hex(8)}"

    async def take(self) -> bool:
        """Wait for a lease that is running out; PollerRunningError if somebody renews it.

        True once it is held. Who gives up waiting gives it back: it may have been taken by then.
        """
        waited = 0.0
        while not await self._taken():
            waited += LOOK_SECONDS
            if waited > LEASE_SECONDS + RENEWAL_SECONDS:
                raise PollerRunningError(
                    "另一个 mingzhang run 正在用同一个令牌轮询：请先停掉它；"
                    "要同时运行多个副本，请用 MINGZHANG_MODE=webhook"
                )
            await asyncio.sleep(LOOK_SECONDS)
        return True

    async def keep(self) -> None:
        """Renew for ever; raises PollerRunningError if somebody else has taken over."""
        while True:
            await asyncio.sleep(RENEWAL_SECONDS)
            try:
                kept = await self._done(
                    lambda connection: renew(connection, self._name, self._owner, LEASE_SECONDS)
                )
            except Exception as error:  # without its database the bot confirms nothing anyway
                logger.error("the poller's lease is not renewed: %s", fault_name(error))
                continue
            if not kept:
                raise PollerRunningError(
                    "另一个 mingzhang run 接手了轮询（这个进程停顿过久）：这里不再收取消息"
                )

    async def give_back(self) -> None:
        """Let the next process begin at once."""
        with suppress(Exception):  # then it runs out by itself
            await self._done(lambda connection: release(connection, self._name, self._owner))

    async def _taken(self) -> bool:
        while True:
            try:
                return await self._done(self._try)
            except DBAPIError as error:
                logger.error("the poller's lease is not taken yet: %s", fault_name(error))
                await asyncio.sleep(LOOK_SECONDS)

    async def _done(self, job: Callable[[Connection], Result]) -> Result:
        result: Result = await asyncio.wrap_future(self._run(job))
        return result

    def _try(self, connection: Connection) -> bool:
        if acquire(connection, self._name, self._owner, LEASE_SECONDS):
            return True
        holder = held_by(connection, self._name)
        if holder is None or not _has_died(holder):
            return False
        release(connection, self._name, holder)
        return acquire(connection, self._name, self._owner, LEASE_SECONDS)


def _machine() -> str:
    """This machine, and in it the container, within which process numbers mean something."""
    with suppress(OSError):
        return f"{socket.gethostname()}/{Path('/proc/self/ns/pid').readlink()}"
    return ""


def _has_died(owner: str) -> bool:
    """Whether an owner was a process of this machine that is no more."""
    machine, number, _ = owner.rsplit(":", 2)
    if not machine or machine != _machine():
        return False
    if int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
