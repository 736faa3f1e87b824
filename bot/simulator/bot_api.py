"""The Bot API over HTTP: reads calls, has the world do them, answers in Telegram's shapes."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson
from aiohttp import web

from bot.simulator.faults import Fault, Faults, no_faults
from bot.simulator.methods import METHODS
from bot.simulator.parameters import Parameters, read_parameters
from bot.simulator.polling import Polling
from bot.simulator.refusal import Refusal
from bot.simulator.telegram_world import TelegramWorld

__all__ = ["BotApi"]

Call = Callable[[Parameters], Awaitable[object]]


class BotApi:
    """Serves `/bot<TOKEN>/<method>` for one bot; `faults` may be exchanged at any time."""

    def __init__(self, world: TelegramWorld, faults: Faults = no_faults) -> None:
        """Serve this world."""
        self.world = world
        self.faults = faults
        self.polling = Polling(world)

    def add_to(self, application: web.Application) -> None:
        """Register the routes; polls still open end when the application shuts down."""
        application.router.add_route("*", "/bot{token}/{method}", self._serve)
        application.router.add_get("/file/bot{token}/documents/{file_id}", self._file)
        application.on_shutdown.append(self._stop)

    async def _stop(self, _application: web.Application) -> None:
        self.polling.stop()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            call = self._call(request)
            parameters = await read_parameters(request)
            fault = self.faults(_method(request), parameters.values) or Fault()
            await asyncio.sleep(fault.delay)
            if fault.refusal is not None:
                raise fault.refusal
            answer = _answer(200, {"ok": True, "result": await call(parameters)})
        except Refusal as refusal:
            return _answer(refusal.code, refusal.as_json())
        return answer if not fault.answer_lost else _hung_up(request)

    async def _file(self, request: web.Request) -> web.Response:
        try:
            self._check_token(request)
            document = self.world.documents.fetchable(request.match_info["file_id"])
        except Refusal as refusal:
            return _answer(refusal.code, refusal.as_json())
        return web.Response(body=document.content, content_type="application/octet-stream")

    def _check_token(self, request: web.Request) -> None:
        if request.match_info["token"] != self.world.bot.token:
            raise Refusal(401, "Unauthorized")

    def _call(self, request: web.Request) -> Call:
        self._check_token(request)
        if request.method not in ("GET", "POST"):
            raise Refusal(405, "Method Not Allowed: method not allowed")
        name = _method(request)
        if name == "getupdates":
            return self.polling.get_updates
        if name not in METHODS:
            raise Refusal(404, "Not Found: method not found")
        method = METHODS[name]

        async def call(parameters: Parameters) -> object:
            return method(self.world, parameters)

        return call


def _method(request: web.Request) -> str:
    return request.match_info["method"].lower()


def _answer(status: int, content: dict[str, object]) -> web.Response:
    body = orjson.dumps(content)
    return web.Response(body=body, status=status, content_type="application/json")


def _hung_up(request: web.Request) -> web.StreamResponse:
    """Close the connection so that the bot never learns what became of its call."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
