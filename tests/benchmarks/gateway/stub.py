"""A Bot API that costs next to nothing: raw connections, prepared answers, no checks.

It gives updates out (by getUpdates, or by posting them to the webhook), at most so many
unanswered at a time, and notes when the answer to each arrives.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

import httptools
import orjson

TOKEN = "42:AAbenchmark"  # noqa: S105
FIRST_CHAT = 1_000_000
FIRST_UPDATE = 1_000
CONNECTIONS = 64

_CHAT = re.compile(rb"chat_id\D{1,80}?(\d+)")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_TRUE = b'{"ok":true,"result":true}'
_ME = orjson.dumps(
    {
        "ok": True,
        "result": {
            "id": 42,
            "is_bot": True,
            "first_name": "bench",
            "username": "bench_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
        },
    }
)


class Traffic:
    """The updates of one run, and when each was given out and answered.

    Every chat writes `messages` times, far apart: nobody's pace is at its limit.
    """

    def __init__(
        self, count: int, text: Callable[[int], str], first: int = 0, messages: int = 2
    ) -> None:
        self.count = count
        self._first = first
        self.chats = max(1, count // messages)
        self._text = text
        self.given = 0
        self.answered = 0
        self.seconds: list[float] = []
        self.began = 0.0
        self.ended = 0.0
        self.done = asyncio.Event()
        self.moved: Callable[[], None] = lambda: None
        self._since: dict[int, deque[float]] = {}

    @property
    def outstanding(self) -> int:
        """How many updates were given out and not answered."""
        return self.given - self.answered

    def next(self) -> dict[str, object]:
        """The next update, given out now."""
        number, now = self.given, time.perf_counter()
        self.given += 1
        self.began = self.began or now
        chat = FIRST_CHAT + self._first + number % self.chats
        self._since.setdefault(chat, deque()).append(now)
        person = {"id": chat, "is_bot": False, "first_name": "Lin", "language_code": "zh-hans"}
        message = {
            "message_id": number + 1,
            "date": 1_790_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "Lin"},
            "from": person,
            "text": self._text(number),
        }
        return {"update_id": FIRST_UPDATE + self._first + number, "message": message}

    def hear(self, chat: int) -> None:
        """An answer has arrived."""
        waiting = self._since.get(chat)
        if not waiting:
            return
        self.ended = time.perf_counter()
        self.seconds.append(self.ended - waiting.popleft())
        self.answered += 1
        if self.answered == self.count:
            self.done.set()
        self.moved()


class StubApi:
    """Serves one bot; `traffic` may be exchanged between runs."""

    def __init__(self, traffic: Traffic, window: int) -> None:
        self.traffic = traffic
        self.window = window
        self.webhook: str | None = None
        self.secret = ""
        self.ready = asyncio.Event()
        self.port = 0
        self._unconfirmed: deque[tuple[int, bytes]] = deque()
        self._waiting: _Connection | None = None
        self._messages = 0

    async def start(self) -> None:
        """Listen on a free port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    def call(self, connection: "_Connection", method: bytes, body: bytes) -> None:
        """Answer one call."""
        match method.lower():
            case b"sendmessage":
                connection.answer(self._sent(body))
            case b"getupdates":
                self._poll(connection, body)
            case b"getme":
                connection.answer(_ME)
            case b"setwebhook":
                self._register(body)
                connection.answer(_TRUE)
            case _:
                connection.answer(_TRUE)

    def give(self) -> None:
        """A poll that waits gets what may be given out now."""
        connection = self._waiting
        if connection is None:
            return
        room = min(100, self.window - self.traffic.outstanding, self._left())
        if room <= 0:
            return
        self._waiting = None
        for _ in range(room):
            update = self.traffic.next()
            self._unconfirmed.append((int(str(update["update_id"])), orjson.dumps(update)))
        connection.answer(_updates(self._unconfirmed))

    def _left(self) -> int:
        return self.traffic.count - self.traffic.given

    def _poll(self, connection: "_Connection", body: bytes) -> None:
        self.ready.set()
        found = re.search(rb"offset\D{1,80}?(\d+)", body)
        offset = int(found[1]) if found else 0
        while self._unconfirmed and self._unconfirmed[0][0] < offset:
            self._unconfirmed.popleft()
        if self._unconfirmed:
            connection.answer(_updates(self._unconfirmed))
            return
        self._waiting = connection
        self.give()

    def _sent(self, body: bytes) -> bytes:
        found = _CHAT.search(body)
        chat = int(found[1]) if found else 0
        self._messages += 1
        self.traffic.hear(chat)
        return (
            b'{"ok":true,"result":{"message_id":%d,"date":1790000000,"text":"x",'
            b'"chat":{"id":%d,"type":"private"}}}' % (self._messages, chat)
        )

    def _register(self, body: bytes) -> None:
        text = body.decode()
        if found := re.search(r"(http(?::|%3A)[^\s\"&]+)", text):
            self.webhook = found[1].replace("%3A", ":").replace("%2F", "/")
        if found := re.search(r"secret_token\W{1,8}([A-Za-z0-9_-]+)", text):
            self.secret = found[1]
        self.ready.set()


def _updates(waiting: deque[tuple[int, bytes]]) -> bytes:
    return b'{"ok":true,"result":[' + b",".join(update for _, update in waiting) + b"]}"


class _Connection(asyncio.Protocol):
    """One connection of the bot."""

    def __init__(self, stub: StubApi) -> None:
        self._stub = stub
        self._parser = httptools.HttpRequestParser(self)
        self._body: list[bytes] = []
        self._url = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        url, body = self._url, b"".join(self._body)
        self._url, self._body = b"", []
        path, _, query = url.partition(b"?")
        self._stub.call(self, path.rpartition(b"/")[2], body + b"&" + query)

    def answer(self, content: bytes) -> None:
        """Send the answer to the request that is open."""
        if self._transport is not None:
            self._transport.write(_HEAD % len(content) + content)


class Pusher:
    """Telegram's side of a webhook: connections that each carry one update at a time."""

    def __init__(self, stub: StubApi) -> None:
        self._stub = stub
        self._idle: deque[_Push] = deque()
        self.refused = 0
        address = urlsplit(stub.webhook or "")
        self._host, self._port = address.hostname or "", address.port or 80
        self._head = (
            f"POST {address.path or '/'} HTTP/1.1\r\nHost: bench\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {stub.secret}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()

    async def connect(self) -> None:
        """Open all connections, waiting until the bot listens."""
        loop = asyncio.get_running_loop()
        while len(self._idle) < CONNECTIONS:
            try:
                _, push = await loop.create_connection(lambda: _Push(self), self._host, self._port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                self._idle.append(push)

    def push(self) -> None:
        """Give out what may be given out now."""
        stub = self._stub
        while self._idle and stub.traffic.given < stub.traffic.count:
            if stub.traffic.outstanding >= stub.window:
                return
            self._idle.popleft().post(self._head, orjson.dumps(stub.traffic.next()))

    def free(self, push: "_Push", status: int) -> None:
        """A request was answered."""
        self.refused += status != 200
        self._idle.append(push)
        self._stub.traffic.moved()


class _Push(asyncio.Protocol):
    """One connection to the bot."""

    def __init__(self, pusher: Pusher) -> None:
        self._pusher = pusher
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._pusher.free(self, self._parser.get_status_code())

    def post(self, head: bytes, body: bytes) -> None:
        """Send one update."""
        assert self._transport is not None
        self._transport.write(head + b"%d\r\n\r\n%b" % (len(body), body))
