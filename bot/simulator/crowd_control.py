"""What people do beyond writing, over HTTP: files, edits, inline queries, their language."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from aiohttp import web

from bot.simulator.control_api import person_of, served
from bot.simulator.crowd import Crowd
from bot.simulator.events import awaited
from bot.simulator.html import parse_html
from bot.simulator.parameters import Parameters
from bot.simulator.refusal import bad_request
from bot.simulator.telegram_world import Change, TelegramWorld

__all__ = ["CrowdControl"]

Results = list[Mapping[str, object]]

ANSWER_SECONDS = 10
LANGUAGES = ("zh-hans", "zh-hant", "en")


class CrowdControl:
    """Serves the rest of `/demo/people/…`, by the same rules as the ControlApi."""

    def __init__(self, world: TelegramWorld) -> None:
        """Move the people of this world."""
        self._world = world
        self._crowd = Crowd(world)
        self._results: dict[str, Results] = {}

    def add_to(self, application: web.Application) -> None:
        """Register the routes."""
        person = "/demo/people/{person:[0-9]+}"
        for path, handler in (
            (f"{person}/files", self._send),
            (f"{person}/edits", self._edit),
            (f"{person}/language", self._speak),
            (f"{person}/inline", self._ask_inline),
            (f"{person}/choices", self._choose),
        ):
            application.router.add_post(path, served(handler))

    async def _send(self, request: web.Request, parameters: Parameters) -> object:
        """Send a picture (`photo`, PNG) or a file, its content in base64."""
        try:
            content = b64decode(parameters.text("content"), validate=True)
        except Error:
            raise bad_request("content is no base64") from None
        documents, name = self._world.documents, parameters.text("name", "file")
        message = self._crowd.send(
            self._person(request),
            documents.keep_photo(name, content)
            if parameters.flag("photo")
            else documents.keep(name, "application/octet-stream", content),
            parameters.text("caption"),
            parameters.number("chat") or None,
            thread=parameters.number("thread") or None,
        )
        return {"message_id": message.id}

    async def _edit(self, request: web.Request, parameters: Parameters) -> object:
        self._crowd.edit(
            self._person(request),
            parameters.number("message_id"),
            parameters.text("text"),
            parameters.number("chat") or None,
        )
        return {}

    async def _speak(self, request: web.Request, parameters: Parameters) -> object:
        """Change the language that Telegram is set to."""
        person = self._person(request)
        language = parameters.text("language_code")
        if language not in LANGUAGES:
            raise bad_request(f"language_code must be one of {', '.join(LANGUAGES)}")
        people = self._world.people
        people[person] = replace(people[person], language_code=language)
        self._world.tell(Change("commands"))
        return {}

    async def _ask_inline(self, request: web.Request, parameters: Parameters) -> object:
        """Type after the bot's name, and wait for what it offers."""
        person = self._person(request)
        # The bot answers over the network, so not before this waits.
        query = self._crowd.ask_inline(person, parameters.text("text"))
        answer = await awaited(
            self._world, lambda change: change.content.get("query_id") == query, ANSWER_SECONDS
        )
        results = cast(Results, answer.content["results"]) if answer else []
        self._results = {query: results}
        shown = [
            {name: result.get(name, "") for name in ("id", "title", "description")}
            for result in results
        ]
        return {"query_id": query, "results": shown}

    async def _choose(self, request: web.Request, parameters: Parameters) -> object:
        """Send one of the results to a group; the bot need not hear of it."""
        person = self._world.people[self._person(request)]
        chat = parameters.number("chat")
        results = self._results.get(parameters.text("query_id"), [])
        chosen = next((r for r in results if r["id"] == parameters.text("result_id")), None)
        if chosen is None or chat not in self._world.groups:
            raise bad_request("there is no such result any more")
        said = cast(Mapping[str, str], chosen["input_message_content"])
        content = parse_html(said["message_text"])
        group = self._world.groups.open_to_bot(chat)
        return {"message_id": self._world.post(group, person.as_user(), content).id}

    def _person(self, request: web.Request) -> int:
        return person_of(self._world, request)
