"""The bot's own web server (监听): one ASGI application on one address."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator, Sequence

import uvicorn
from starlette.routing import BaseRoute, Router

__all__ = ["ListenError", "Listener"]

BACKLOG = 2048
CONNECTIONS = 1000
"""More than that many at once get 503: Telegram uses at most a hundred."""
IDLE_SECONDS = 75
FINISH_SECONDS = 3


class ListenError(Exception):
    """The address cannot be listened on; `reason` says why, as the system does.

    It `is_taken` if another program listens there.
    """

    def __init__(self, listen: str, cause: OSError) -> None:
        self.reason = cause.strerror or str(cause)
        self.is_taken = cause.errno == errno.EADDRINUSE
        super().__init__(
            f"MINGZHANG_LISTEN：{listen} 监听不了（{self.reason}）；"
            "请换一个端口，或停掉占用它的程序；用轮询又不要页面，可以设为 off"
        )


class Listener:
    """Serves routes on `host:port`; port 0 takes a free one."""

    def __init__(self, listen: str, routes: Sequence[BaseRoute]) -> None:
        host, _, port = listen.rpartition(":")
        self._address = (host.strip("[]"), int(port))
        self._listen = listen
        # Pages may be an application of their own behind a route; the webhook needs no more.
        self._application = Router(list(routes))
        self._socket: socket.socket | None = None
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port listened on, once `start` has returned."""
        return int(self._socket.getsockname()[1]) if self._socket else self._address[1]

    async def start(self) -> None:
        """Listen; raises ListenError if the address is taken or not this machine's."""
        self._socket = self._bound()
        config = uvicorn.Config(
            self._application,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            backlog=BACKLOG,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=FINISH_SECONDS,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve([self._socket]))

    async def stop(self) -> None:
        """Take no new requests, finish those under way, close the port."""
        if self._server is None or self._serving is None:
            return
        self._server.should_exit = True
        await self._serving

    def _bound(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        bound = socket.socket(family)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(self._address)
            # connections wait here until the server accepts them
            bound.listen(BACKLOG)
        except OSError as error:
            bound.close()
            raise ListenError(self._listen, error) from None
        bound.setblocking(False)
        return bound


class _Server(uvicorn.Server):
    """A server that leaves the signals of the process to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
