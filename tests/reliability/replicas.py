"""The bot's processes, to be killed, and the balancer in front of them."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from itertools import count
from multiprocessing import get_context
from typing import Self

import aiohttp
from aiohttp import web

from tests.reliability.bot_process import STOOD_BACK, Orders, Weather, serve

__all__ = ["Balancer", "Replica", "calm", "free_port", "readable"]

# Processes are forked from one that has loaded everything: importing takes a second or two.
_processes = get_context("forkserver")
_processes.set_forkserver_preload(
    [
        "tests.reliability.bot_process",
        "psycopg",
        "sqlalchemy.dialects.postgresql.psycopg",
        "sqlalchemy.dialects.sqlite.pysqlite",
        "uvicorn.protocols.http.httptools_impl",
        "uvicorn.lifespan.off",
    ]
)
_HEADERS = ("Content-Type", "X-Telegram-Bot-Api-Secret-Token")


def calm() -> Weather:
    """Nothing befalls the processes yet."""
    return Weather(_processes.RawValue("d", 0.0), _processes.RawValue("i", 0))


class Replica:
    """One place in which a process of the bot runs, and another after it was killed."""

    def __init__(self, orders: Orders) -> None:
        """Start nothing yet."""
        self._orders = orders
        self._served = False

    def start(self) -> None:
        """Start a process."""
        self._said, serving = _processes.Pipe(duplex=False)
        self._process = _processes.Process(target=serve, args=(self._orders, serving), daemon=True)
        self._process.start()
        serving.close()
        self._served = False

    async def serving(self) -> None:
        """Wait until its process serves, or has ended."""
        if not self._served:
            await readable(self._said.fileno())
            with suppress(EOFError):
                self._served = self._said.recv()

    def kill(self) -> None:
        """Kill -9."""
        self._process.kill()

    async def killed(self) -> None:
        """Wait for the end of a process that was killed."""
        await readable(self._process.sentinel)
        self._process.join()
        self._said.close()

    async def end(self) -> None:
        """End in peace (SIGTERM); SystemExit if it did not."""
        self._process.terminate()
        await self.killed()
        if self._process.exitcode not in (0, STOOD_BACK):
            raise SystemExit(f"a bot ended with status {self._process.exitcode}")

    def revive(self) -> None:
        """Start a process that has stood back anew; SystemExit if it ended otherwise."""
        if (status := self._process.exitcode) is None:
            return
        if status != STOOD_BACK:
            raise SystemExit(f"a bot ended with status {status}")
        self.start()


async def readable(descriptor: int) -> None:
    """Wait until there is something to read, or a process has ended."""
    arrived = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, arrived.set)
    try:
        await arrived.wait()
    finally:
        loop.remove_reader(descriptor)


def free_port() -> socket.socket:
    """A port that the system gives to nobody else while this socket, which never listens, lives.

    Whoever sets SO_REUSEADDR may listen on it.
    """
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", 0))
    return bound


class Balancer:
    """Brings each request to the next port in turn; one where nobody listens is passed over.

    What fails after it has left is not brought elsewhere: the sender is told 502.
    """

    def __init__(self, ports: Sequence[int]) -> None:
        """Balance over these ports of this machine."""
        self.watch: Callable[[], None] = lambda: None
        self._ports = ports
        self._turn = count()
        self._running = AsyncExitStack()
        self.url = ""

    async def __aenter__(self) -> Self:
        """Listen."""
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        session = aiohttp.ClientSession(connector=connector)
        self._session = await self._running.enter_async_context(session)
        application = web.Application()
        application.router.add_post("/{path:.*}", self._serve)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        self._running.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self._running.aclose()

    async def _serve(self, request: web.Request) -> web.Response:
        self.watch()
        body = await request.read()
        headers = {name: request.headers[name] for name in _HEADERS if name in request.headers}
        first = next(self._turn)
        for number in range(len(self._ports)):
            port = self._ports[(first + number) % len(self._ports)]
            try:
                address = f"http://127.0.0.1:{port}{request.path}"
                async with self._session.post(address, data=body, headers=headers) as response:
                    return web.Response(status=response.status, body=await response.read())
            except aiohttp.ClientConnectorError:
                continue
            except (aiohttp.ClientError, OSError):
                break
        return web.Response(status=502)
