import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.simulator.demo import DemoServer
from bot.telegram.transport import Accepted, BotApi, Refused, Uncertain, Unreachable

TOKEN = "42:AAtest-token"  # noqa: S105
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[BotApi]:
    """A Bot API that answers every call in the same way."""
    application = web.Application()
    application.router.add_post("/bot{token}/{method}", handler)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api = BotApi(f"http://127.0.0.1:{runner.addresses[0][1]}/", TOKEN)
    await api.open()
    try:
        yield api
    finally:
        await api.close()
        await runner.cleanup()


def saying(status: int, body: object) -> Handler:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=raw)

    return handler


async def test_a_call_is_answered(api: BotApi, server: DemoServer) -> None:
    outcome = await api.call("getMe", {})
    assert isinstance(outcome, Accepted)
    assert outcome.result["username"] == server.world.bot.username


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, {"ok": True, "result": [1]}, Accepted([1])),
        (403, {"ok": False, "error_code": 403, "description": "no"}, Refused(403, "no")),
        (
            429,
            {
                "ok": False,
                "error_code": 429,
                "description": "slow",
                "parameters": {"retry_after": 7},
            },
            Refused(429, "slow", 7),
        ),
        (404, b"<html>not found</html>", Refused(404, "no description")),
        (502, b"<html>bad gateway</html>", Uncertain("502 no description")),
        (500, {"ok": False, "error_code": 500, "description": "oh"}, Uncertain("500 oh")),
        (200, b"", Uncertain("200 no description")),
        (200, [1], Uncertain("200 no description")),
        (200, {"result": 1}, Uncertain("200 no description")),
    ],
)
async def test_what_an_answer_means(status: int, body: object, outcome: object) -> None:
    async with answering(saying(status, body)) as api:
        assert await api.call("sendMessage", {}) == outcome


async def test_one_lone_surrogate_does_not_hide_everybody_elses_messages() -> None:
    body = rb'{"ok": true, "result": ["\ud800", "hello"]}'
    async with answering(saying(200, body)) as api:
        assert await api.call("getUpdates", {}) == Accepted(["\ud800", "hello"])


async def test_nobody_listening_means_nothing_was_sent() -> None:
    api = BotApi("http://127.0.0.1:9", TOKEN)
    await api.open()
    assert isinstance(await api.call("sendMessage", {}), Unreachable)
    await api.close()


async def test_a_connection_cut_after_the_request_leaves_it_open() -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        await request.read()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with answering(cut) as api:
        assert isinstance(await api.call("sendMessage", {}), Uncertain)


async def test_an_answer_that_does_not_come_leaves_it_open() -> None:
    async def wait(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    async with answering(wait) as api:
        assert isinstance(await api.call("sendMessage", {}, seconds=0.1), Uncertain)


async def test_the_token_is_in_no_log_and_no_outcome(
    caplog: pytest.LogCaptureFixture, server: DemoServer
) -> None:
    caplog.set_level(logging.DEBUG)
    outcomes = []
    for root in ("http://127.0.0.1:9", "http://[::1", "nonsense", server.url):
        api = BotApi(root, TOKEN)
        await api.open()
        outcomes.append(await api.call("getMe", {}))
        outcomes.append(await api.call("noSuchMethod", {}))
        await api.close()
    assert TOKEN not in repr(outcomes) + repr(api)
    assert TOKEN not in caplog.text
