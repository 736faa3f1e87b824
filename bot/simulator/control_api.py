"""The people's side over HTTP, for the chat page and for tests: write, press, move the clock."""

from collections.abc import Awaitable, Callable, Sequence

import orjson
from aiohttp import web

from bot.simulator.clock import ClockPanel
from bot.simulator.crowd import Crowd
from bot.simulator.events import EventStream, as_seen, awaited
from bot.simulator.parameters import Parameters, read_parameters
from bot.simulator.refusal import Refusal, bad_request
from bot.simulator.suggestions import Suggestion
from bot.simulator.telegram_world import Change, TelegramWorld

__all__ = ["ControlApi", "person_of", "served"]

Handler = Callable[[web.Request, Parameters], Awaitable[object]]

MAX_WAIT = 60


class ControlApi:
    """Serves `/demo/…`: JSON in, JSON out, `{"error": …}` with the refusal's status."""

    def __init__(
        self, world: TelegramWorld, clock: ClockPanel, suggestions: Sequence[Suggestion]
    ) -> None:
        """Control this world and this clock."""
        self._world = world
        self._clock = clock
        self._suggestions = suggestions
        self._crowd = Crowd(world)
        self._events = EventStream(world)

    def add_to(self, application: web.Application) -> None:
        """Register the routes."""
        person = "/demo/people/{person:-?[0-9]+}"
        for method, path, handler in (
            ("GET", "/demo/state", self._state),
            ("GET", f"{person}/messages", self._messages),
            ("POST", f"{person}/messages", self._say),
            ("POST", f"{person}/presses", self._press),
            ("POST", f"{person}/block", self._block),
            ("GET", f"{person}/commands", self._commands),
            ("GET", "/demo/clock", self._read_clock),
            ("POST", "/demo/clock", self._move_clock),
        ):
            application.router.add_route(method, path, served(handler))
        application.router.add_get("/demo/events", self._events.serve)
        application.router.add_get("/demo/files/{file_id}", self._file)
        application.on_shutdown.append(self._stop)

    async def _stop(self, _application: web.Application) -> None:
        self._events.stop()

    async def _file(self, request: web.Request) -> web.Response:
        """A picture or a file of a message; only pictures may be shown by a browser."""
        try:
            document = self._world.documents.find(request.match_info["file_id"])
        except Refusal as refusal:
            return web.json_response({"error": refusal.description}, status=404)
        headers = {"X-Content-Type-Options": "nosniff"}
        if document.size is None:
            headers["Content-Disposition"] = "attachment"
        kind = "application/octet-stream" if document.size is None else document.kind
        return web.Response(body=document.content, content_type=kind, headers=headers)

    async def _state(self, _request: web.Request, _parameters: Parameters) -> object:
        people = self._world.people.values()
        return {
            "bot": self._world.bot.as_user(),
            "people": [
                person.as_user() | {"note": person.note} for person in people if person.listed
            ],
            "groups": [group.as_shown() for group in self._world.groups],
            "suggestions": [suggestion.as_json() for suggestion in self._suggestions],
            "clock": self._clock.as_json(),
        }

    async def _messages(self, request: web.Request, parameters: Parameters) -> object:
        """What is new or changed since a revision; waits for something if asked to."""
        chat = self._chat(request)
        since = parameters.number("since")
        wait = min(parameters.number("wait"), MAX_WAIT)
        if wait and not self._world.messages(chat, since):
            await self._changed(lambda change: change.kind == "message", chat, wait)
        found = self._world.messages(chat, since)
        return {
            "revision": self._world.revision,
            "messages": [as_seen(self._world, message) for message in found],
        }

    async def _say(self, request: web.Request, parameters: Parameters) -> object:
        """Write to the bot, or in a group or a topic of it."""
        message = self._crowd.say(
            self._person(request),
            parameters.text("text"),
            parameters.number("chat") or None,
            thread=parameters.number("thread") or None,
            reply_to=parameters.number("reply_to") or None,
        )
        return {"message_id": message.id}

    async def _press(self, request: web.Request, parameters: Parameters) -> object:
        """Press a button; with `wait`, up to that many seconds for the bot's answer to it."""
        person = self._person(request)
        place = parameters.number("row", -1), parameters.number("column", -1)
        chat = parameters.number("chat") or None
        query = self._world.press(person, parameters.number("message_id"), *place, chat)
        wait = min(parameters.number("wait"), MAX_WAIT)

        def answers(change: Change) -> bool:
            return change.kind == "toast" and change.content["query_id"] == query

        toast = await self._changed(answers, person, wait) if wait else None
        return {"query_id": query, "toast": dict(toast.content) if toast else None}

    async def _block(self, request: web.Request, parameters: Parameters) -> object:
        self._world.block(self._person(request), parameters.flag("blocked"))
        return {}

    async def _commands(self, request: web.Request, parameters: Parameters) -> object:
        person = self._world.people[self._person(request)]
        menus, language = self._world.commands, person.language_code
        if chat := parameters.number("chat"):
            return {"commands": menus.shown_in_group(chat, language)}
        return {"commands": menus.shown_to(person.id, language)}

    async def _read_clock(self, _request: web.Request, _parameters: Parameters) -> object:
        return self._clock.as_json()

    async def _move_clock(self, _request: web.Request, parameters: Parameters) -> object:
        if parameters.text("to") == "next_payout_day":
            await self._clock.move_to_payout_day()
        else:
            await self._clock.move(parameters.number("days"))
        shown = self._clock.as_json()
        self._events.send({"kind": "clock", "clock": shown})
        return shown

    def _person(self, request: web.Request) -> int:
        return person_of(self._world, request)

    def _chat(self, request: web.Request) -> int:
        """A group's id, or the person whose private chat is meant."""
        chat = int(request.match_info["person"])
        return chat if chat in self._world.groups else self._person(request)

    async def _changed(
        self, wanted: Callable[[Change], bool], person: int, seconds: int
    ) -> Change | None:
        """The first wanted change in this chat; None when the time is over."""
        return await awaited(
            self._world, lambda change: change.person == person and wanted(change), seconds
        )


def person_of(world: TelegramWorld, request: web.Request) -> int:
    """The person whom a path names; Refusal if there is none."""
    person = int(request.match_info["person"])
    if person not in world.people:
        raise Refusal(404, f"there is no person {person}")
    return person


def served(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler with its parameters read and its refusals answered.

    A change needs a JSON body, which a foreign web page in the same browser cannot send.
    """

    async def serve(request: web.Request) -> web.Response:
        try:
            if request.method == "POST" and request.content_type != "application/json":
                raise bad_request("Content-Type application/json expected")
            return _json(200, await handler(request, await read_parameters(request)))
        except Refusal as refusal:
            return _json(refusal.code, {"error": refusal.description})

    return serve


def _json(status: int, content: object) -> web.Response:
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/json")
