"""What people do beyond writing, over HTTP: what becomes an update, and what is refused."""

from base64 import b64encode
from typing import Any

import aiohttp
import pytest

from bot.simulator.demo import DemoServer
from bot.simulator.groups import Group

ANNA, BORIS, GROUP = 1001, 1002, -1001
NO_PNG = b64encode(b"a file").decode()


async def post(server: DemoServer, path: str, content: dict[str, Any]) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession(server.url) as session,
        session.post(f"/demo/people/{path}", json=content) as response,
    ):
        return response.status, await response.json()


def updates(server: DemoServer) -> list[dict[str, Any]]:
    return [update for _, update in server.world.updates]


async def test_a_file_becomes_an_update_with_its_caption(server: DemoServer) -> None:
    told = {"name": "账单.csv", "content": NO_PNG, "caption": "看一下"}
    status, _ = await post(server, f"{ANNA}/files", told)
    assert status == 200
    message = updates(server)[0]["message"]
    assert (message["document"]["file_name"], message["caption"]) == ("账单.csv", "看一下")
    assert server.world.documents.find(message["document"]["file_id"]).content == b"a file"


async def test_an_edit_is_told_and_only_ones_own(server: DemoServer) -> None:
    said = server.world.say(ANNA, "少了三快")
    edit = {"message_id": said.id, "text": "少了三块"}
    assert (await post(server, f"{ANNA}/edits", edit))[0] == 200
    assert updates(server)[-1]["edited_message"]["text"] == "少了三块"
    server.world.groups.add(Group(GROUP, "群", is_forum=True))
    _, sent = await post(server, f"{ANNA}/messages", {"text": "群里的话", "chat": GROUP})
    edit = {"message_id": sent["message_id"], "text": "别人的话", "chat": GROUP}
    status, answer = await post(server, f"{BORIS}/edits", edit)
    assert (status, answer["error"]) == (400, "Bad Request: message can't be edited")


async def test_telegrams_language_comes_with_the_next_message(server: DemoServer) -> None:
    assert (await post(server, f"{ANNA}/language", {"language_code": "en"}))[0] == 200
    server.world.say(ANNA, "hello")
    assert updates(server)[0]["message"]["from"]["language_code"] == "en"


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        (f"{ANNA}/language", {"language_code": "tlh"}, "zh-hans, zh-hant, en"),
        (f"{ANNA}/files", {"name": "x", "content": "%"}, "base64"),
        (f"{ANNA}/files", {"name": "x", "content": NO_PNG, "photo": True}, "IMAGE_PROCESS_FAILED"),
        (f"{ANNA}/files", {"name": "x", "content": ""}, "file must be non-empty"),
        (f"{ANNA}/edits", {"message_id": 9, "text": "x"}, "not found"),
        (f"{ANNA}/choices", {"query_id": "x", "result_id": "y"}, "no such result"),
        (f"{ANNA}/messages", {"text": "x", "chat": -5, "thread": 9}, "chat not found"),
        ("5/files", {"name": "x", "content": NO_PNG}, "there is no person 5"),
    ],
)
async def test_what_is_refused(
    server: DemoServer, path: str, content: dict[str, Any], words: str
) -> None:
    status, answer = await post(server, path, content)
    assert status in (400, 404)
    assert words in answer["error"]
    assert updates(server) == []


async def test_a_group_has_its_own_menu_and_topics(server: DemoServer) -> None:
    group = server.world.groups.add(Group(GROUP, "群", is_forum=True, member=BORIS))
    group.topics[7] = "一件事"
    server.world.groups.close_topic(GROUP, 7)
    server.world.set_commands(
        [{"command": "ask", "description": "问"}], {"type": "all_group_chats"}, ""
    )
    async with aiohttp.ClientSession(server.url) as session:
        async with session.get("/demo/state") as response:
            told = (await response.json())["groups"]
        async with session.get(f"/demo/people/{BORIS}/commands?chat={GROUP}") as response:
            commands = (await response.json())["commands"]
    assert told[0]["topics"] == [{"id": 7, "name": "一件事", "closed": True}]
    assert told[0]["member"] == BORIS
    assert [each["command"] for each in commands] == ["ask"]
