import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.simulator.demo import DemoServer
from bot.sync.fetching import Fetched
from bot.telegram.fetching import Files
from bot.telegram.transport import BotApi

TOKEN = "42:AAsecret"  # noqa: S105


async def unheard(_: int) -> None:
    pass


@pytest.fixture
async def other() -> AsyncIterator["OtherServer"]:
    server = OtherServer()
    application = web.Application()
    application.router.add_post(f"/bot{TOKEN}/getFile", server.get_file)
    application.router.add_get(f"/file/bot{TOKEN}/{{place:.*}}", server.download)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


class OtherServer:
    """A Bot API that says where a file lies, and what is there."""

    url = ""
    place: Any = "documents/1"
    status = 200
    content = b"1234567890"

    async def get_file(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"file_path": self.place}})

    async def download(self, request: web.Request) -> web.Response:
        if self.status == 302:
            raise web.HTTPFound(f"{self.url}/elsewhere/{TOKEN}")
        return web.Response(status=self.status, body=self.content)


async def fetched(url: str, into: Path, largest: int = 1000) -> Fetched:
    files = Files(BotApi(url, TOKEN), largest)
    await files.open()
    try:
        return await files.fetch("AgAD", into, unheard)
    finally:
        await files.close()


async def test_a_file_is_fetched_and_its_coming_told(
    server: DemoServer, api: BotApi, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 4000
    document = server.world.documents.keep("订单.csv", "text/csv", content)
    told: list[int] = []

    async def progress(done: int) -> None:
        told.append(done)

    assert await Files(api).fetch(document.id, tmp_path / "x", progress) is Fetched.HERE
    assert (tmp_path / "x").read_bytes() == content
    assert told == sorted(told)
    assert told[-1] == len(content)


async def test_what_telegram_does_not_hand_out_is_told_from_what_it_has_not(
    server: DemoServer, api: BotApi, tmp_path: Path
) -> None:
    large = server.world.documents.keep("大.csv", "text/csv", b"1" * (20 * 1024 * 1024 + 1))
    assert await Files(api).fetch(large.id, tmp_path / "x", unheard) is Fetched.TOO_LARGE
    assert await Files(api).fetch("gone", tmp_path / "x", unheard) is Fetched.LATER


@pytest.mark.parametrize("status", [302, 404, 503])
async def test_what_cannot_be_downloaded_is_tried_later_and_no_address_is_logged(
    other: "OtherServer", tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    other.status = status
    with caplog.at_level(logging.DEBUG, "bot"):
        assert await fetched(other.url, tmp_path / "x") is Fetched.LATER
        assert await fetched("http://127.0.0.1:9", tmp_path / "x") is Fetched.LATER
    said = " ".join(record.getMessage() for record in caplog.records)
    assert str(status) in said
    assert "AAsecret" not in said


async def test_more_than_we_take_is_not_read_to_its_end(
    other: "OtherServer", tmp_path: Path
) -> None:
    assert await fetched(other.url, tmp_path / "x", largest=9) is Fetched.BEYOND_LIMIT
    assert await fetched(other.url, tmp_path / "x", largest=10) is Fetched.HERE


@pytest.mark.parametrize("place", ["../../etc/passwd", "documents/../../x", "", None, 5])
async def test_a_place_outside_is_none(other: "OtherServer", tmp_path: Path, place: Any) -> None:
    other.place = place
    assert await fetched(other.url, tmp_path / "x") is Fetched.LATER
    assert not (tmp_path / "x").exists()


async def test_a_server_of_ones_own_may_name_a_file_on_the_same_disk(
    other: "OtherServer", tmp_path: Path
) -> None:
    other.place = str(tmp_path / "there")
    assert await fetched(other.url, tmp_path / "x") is Fetched.OUT_OF_REACH
    (tmp_path / "there").write_bytes(b"12345")
    assert await fetched(other.url, tmp_path / "x", largest=4) is Fetched.BEYOND_LIMIT
    assert await fetched(other.url, tmp_path / "x") is Fetched.HERE
    assert (tmp_path / "x").read_bytes() == b"12345"


def test_telegram_itself_names_no_file_of_ours() -> None:
    assert not BotApi("https://api.telegram.org", TOKEN).is_ones_own
    assert BotApi("http://127.0.0.1:8081", TOKEN).is_ones_own
