"""The webhook over HTTP: who is listened to, and what is confirmed when."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError

from bot.intake import Received
from bot.listening import Listener, ListenError
from bot.simulator.demo import DemoServer
from bot.telegram.dispatch import Me
from bot.telegram.gateway import TokenRefusedError
from bot.telegram.transport import BotApi
from bot.telegram.webhook import LARGEST_BODY
from bot.telegram.webhook_gateway import WebhookGateway, WebhookPlace

SECRET = "correct-horse-battery-staple-1234567890"  # noqa: S105
ME = Me(42, "mingzhang_bot")
GOOD = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
Until = Callable[..., Awaitable[None]]


@dataclass
class Store:
    """Takes what is submitted, when it is let, or fails."""

    received: list[Received] = field(default_factory=list)
    let: asyncio.Event = field(default_factory=asyncio.Event)
    failing: Exception | None = None

    async def submit(self, received: Sequence[Received]) -> None:
        await self.let.wait()
        if self.failing:
            raise self.failing
        self.received.extend(received)


@pytest.fixture
async def store() -> Store:
    store = Store()
    store.let.set()
    return store


@pytest.fixture
def place() -> WebhookPlace:
    return WebhookPlace("https://bot.example/hook", SECRET)


@pytest.fixture
async def listener(place: WebhookPlace) -> AsyncIterator[Listener]:
    listener = Listener("127.0.0.1:0", place.routes)
    await listener.start()
    yield listener
    await listener.stop()


@pytest.fixture
async def gateway(
    api: BotApi, store: Store, place: WebhookPlace, listener: Listener
) -> AsyncIterator[WebhookGateway]:
    gateway = WebhookGateway(api, ME, store.submit, place)
    running = asyncio.create_task(gateway.run())
    await asyncio.sleep(0)  # one turn of the loop, and it serves
    yield gateway
    gateway.stop()
    store.let.set()
    await running


@pytest.fixture
async def http(
    gateway: WebhookGateway, listener: Listener
) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{listener.port}") as session:
        yield session


def body() -> bytes:
    lin = {"id": 7, "is_bot": False, "first_name": "小林"}
    chat = {"id": 7, "type": "private"}
    message = {"message_id": 5, "from": lin, "chat": chat, "date": 1, "text": "你好"}
    return json.dumps({"update_id": 11, "message": message}).encode()


async def posted(
    http: aiohttp.ClientSession, content: Any, headers: dict[str, str] = GOOD, path: str = "/hook"
) -> int:
    async with http.post(path, data=content, headers=headers) as answer:
        assert await answer.read() == b""
        return answer.status


@pytest.mark.parametrize("path", ["/hook", "/telegram"])
async def test_an_update_is_confirmed_after_it_is_committed(
    path: str, http: aiohttp.ClientSession, store: Store
) -> None:
    store.let.clear()
    asking = asyncio.create_task(posted(http, body(), path=path))
    await asyncio.wait((asking,), timeout=0.1)
    assert not asking.done()
    store.let.set()
    assert await asking == 200
    assert [each.update for each in store.received] == [11]


@pytest.mark.parametrize(
    "secret", [None, "", "x", SECRET[:-1], SECRET + "1", SECRET.upper(), "密" * 32]
)
async def test_who_does_not_know_the_secret_is_refused(
    secret: str | None, http: aiohttp.ClientSession, store: Store
) -> None:
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    assert await posted(http, body(), headers) == 403
    assert store.received == []


@pytest.mark.usefixtures("gateway")
async def test_a_stranger_is_refused_before_the_body_is_read(listener: Listener) -> None:
    """The answer comes though the announced body never does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    writer.write(
        b"POST /hook HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n"
        b"Content-Length: 900000\r\n\r\n{"
    )
    async with asyncio.timeout(20):
        head = await reader.readuntil(b"\r\n\r\n")
        assert await reader.read() == b""
    writer.close()
    assert head.startswith(b"HTTP/1.1 403 ")
    assert b"connection: close" in head


async def first_line(listener: Listener, headers: str, content: bytes) -> bytes:
    """The status line of the answer to a request that is never finished."""
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    known = "".join(f"{name}: {value}\r\n" for name, value in GOOD.items())
    writer.write(f"POST /hook HTTP/1.1\r\nHost: bot\r\n{known}{headers}\r\n\r\n".encode())
    writer.write(content)
    async with asyncio.timeout(20):
        line = await reader.readuntil(b"\r\n")
    writer.close()
    return line


async def test_more_than_a_megabyte_is_not_read_on(
    listener: Listener, http: aiohttp.ClientSession, store: Store
) -> None:
    announced = f"Content-Length: {LARGEST_BODY + 1}"
    assert (await first_line(listener, announced, b"{")).startswith(b"HTTP/1.1 413 ")
    chunk = b"f4240\r\n" + b" " * 1_000_000 + b"\r\n"
    chunked = "Transfer-Encoding: chunked"
    assert (await first_line(listener, chunked, chunk + b"1\r\n \r\n")).startswith(
        b"HTTP/1.1 413 "
    )
    assert await posted(http, body() + b" " * (LARGEST_BODY - len(body()))) == 200
    assert len(store.received) == 1


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {}, 405),
        ("PUT", {}, 405),
        ("POST", {"Content-Type": "text/plain"}, 415),
        ("POST", {"Content-Type": "application/json; charset=utf-8"}, 200),
    ],
)
async def test_only_json_by_post(
    method: str, headers: dict[str, str], status: int, http: aiohttp.ClientSession
) -> None:
    async with http.request(method, "/hook", data=body(), headers=GOOD | headers) as answer:
        assert answer.status == status


async def test_elsewhere_is_nothing(http: aiohttp.ClientSession) -> None:
    async with http.post("/other", data=body(), headers=GOOD) as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"[]", b'{"update_id": "7"}', b"NaN"],
)
async def test_what_nobody_can_read_is_set_aside_and_confirmed(
    content: bytes, http: aiohttp.ClientSession, store: Store
) -> None:
    """Any other answer would bring it again for a day."""
    assert await posted(http, content) == 200
    assert await posted(http, content) == 200
    first, again = store.received
    assert first == again
    assert first.problem
    assert first.update < 0


async def test_a_lone_surrogate_is_read(http: aiohttp.ClientSession, store: Store) -> None:
    content = body().replace(json.dumps("你好").encode(), rb'"a\ud800b"')
    assert await posted(http, content) == 200
    (received,) = store.received
    assert received.incoming is not None
    assert received.incoming.text == "ab"


async def test_a_kind_nobody_asked_for_is_confirmed(
    http: aiohttp.ClientSession, store: Store
) -> None:
    assert await posted(http, b'{"update_id": 5, "poll": {}}') == 200
    assert store.received == []


async def test_a_failing_store_asks_telegram_to_come_again(
    http: aiohttp.ClientSession, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.failing = OperationalError("INSERT 你好", None, Exception("disk is full"))
    async with http.post("/hook", data=body(), headers=GOOD) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert "OperationalError" in caplog.text
    assert "你好" not in caplog.text
    store.failing = None
    assert await posted(http, body()) == 200


async def test_telegram_is_told_where_and_how(
    gateway: WebhookGateway, server: DemoServer, until: Until
) -> None:
    await until(lambda: server.world.webhook.url)
    webhook = server.world.webhook
    assert (webhook.url, webhook.secret_token) == ("https://bot.example/hook", SECRET)
    assert webhook.max_connections == 100
    assert server.world.updates.allowed == {
        "message",
        "edited_message",
        "callback_query",
        "inline_query",
        "my_chat_member",
    }


@pytest.mark.parametrize(
    ("url", "told", "paths"),
    [
        ("https://a.example", "https://a.example/telegram", ("/telegram",)),
        ("https://a.example/", "https://a.example/telegram", ("/telegram",)),
        ("https://a.example/x/y", "https://a.example/x/y", ("/x/y", "/telegram")),
        ("https://a.example/telegram", "https://a.example/telegram", ("/telegram",)),
    ],
)
def test_an_address_without_a_path_gets_the_usual_one(
    url: str, told: str, paths: tuple[str, ...]
) -> None:
    place = WebhookPlace(url, SECRET)
    assert (place.address, place.paths) == (told, paths)


async def test_a_taken_port_is_named(listener: Listener) -> None:
    second = Listener(f"127.0.0.1:{listener.port}", [])
    with pytest.raises(ListenError, match=r"MINGZHANG_LISTEN：127\.0\.0\.1:\d+ .*请换一个端口"):
        await second.start()


async def test_before_the_bot_knows_itself_telegram_is_asked_to_come_again(
    listener: Listener,
) -> None:
    async with (
        aiohttp.ClientSession(f"http://127.0.0.1:{listener.port}") as http,
        http.post("/hook", data=body(), headers=GOOD) as answer,
    ):
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


async def test_a_wrong_token_ends_the_gateway(server: DemoServer, store: Store) -> None:
    api = BotApi(server.url, "41:wrong")
    await api.open()
    place = WebhookPlace("https://bot.example", SECRET)
    with pytest.raises(TokenRefusedError, match="@BotFather"):
        await WebhookGateway(api, ME, store.submit, place).run()
    await api.close()
