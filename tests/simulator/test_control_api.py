"""The people's side: the driver against a bot that echoes, the clock, the guarded edges."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest
import telegram

from bot.simulator.demo import DemoServer
from bot.simulator.driver import Driver, DriverError

ANNA, BORIS = 1001, 1002
MORE = telegram.InlineKeyboardMarkup(
    [[telegram.InlineKeyboardButton("更多", callback_data="more")]]
)


async def echo(bot: telegram.Bot) -> None:
    """Repeat what is said in bold with a button; a press edits the message."""
    offset = 0
    while True:
        for update in await bot.get_updates(offset=offset, timeout=10):
            offset = update.update_id + 1
            if (message := update.message) is not None:
                await message.reply_html(f"<b>{message.text_html}</b>", reply_markup=MORE)
            elif (query := update.callback_query) is not None:
                await query.edit_message_text("没有更多了")
                await query.answer("好的")


@pytest.fixture
async def driver(server: DemoServer, bot: telegram.Bot) -> AsyncIterator[Driver]:
    running = asyncio.create_task(echo(bot))
    async with Driver(server.url) as hands:
        yield hands
    running.cancel()


async def test_a_conversation_is_driven(driver: Driver) -> None:
    """Say, read, press by label, read the edit; each message is given once."""
    card = await driver.ask(ANNA, "1 < 2")
    assert (card.text, card.html) == ("1 < 2", "<b>1 &lt; 2</b>")
    assert card.labels() == ["更多"]

    toast = await driver.press(ANNA, card, "更多")
    assert toast is not None
    assert (toast.text, toast.alert) == ("好的", False)
    edited = await driver.next(ANNA)
    assert (edited.id, edited.text, edited.edited) == (card.id, "没有更多了", True)
    assert await driver.unread(ANNA) == []
    assert [message.text for message in await driver.messages(ANNA)] == ["没有更多了"]


async def test_chats_are_separate(driver: Driver) -> None:
    await driver.say(ANNA, "阿娜说")
    assert (await driver.ask(BORIS, "Boris says")).text == "Boris says"
    assert [message.text for message in await driver.messages(BORIS)] == ["Boris says"]


async def test_the_driver_says_what_is_missing(driver: Driver) -> None:
    card = await driver.ask(ANNA, "x")
    with pytest.raises(DriverError, match="no button '更少' under 'x'; there are \\['更多'\\]"):
        await driver.press(ANNA, card, "更少")
    with pytest.raises(DriverError, match="there is no person 5"):
        await driver.say(5, "x")
    with pytest.raises(DriverError, match="text must be non-empty"):
        await driver.say(ANNA, " ")
    await driver.press(ANNA, card, "更多")
    with pytest.raises(DriverError, match="there is no such button any more"):
        await driver.press(ANNA, card, "更多")


async def test_a_menu_is_read_and_a_bot_blocked(driver: Driver, bot: telegram.Bot) -> None:
    await bot.set_my_commands([("start", "开始")])
    assert await driver.commands(ANNA) == {"start": "开始"}
    await driver.ask(ANNA, "x")
    await driver.block(ANNA)
    with pytest.raises(telegram.error.Forbidden):
        await bot.send_message(ANNA, "x")
    await driver.block(ANNA, blocked=False)
    await bot.send_message(ANNA, "x")


async def test_the_clock_moves_by_days_and_to_the_payout_day(driver: Driver) -> None:
    """A payout day is Shanghai's: there it is already the 20th, 10 in the morning."""
    assert await driver.move_clock(1) == "2026-08-21T10:00:00+08:00"
    assert await driver.move_to_payout_day() == "2026-09-15T10:00:00+08:00"
    assert await driver.move_to_payout_day() == "2026-10-15T10:00:00+08:00"
    with pytest.raises(DriverError, match="days must be 1 to 400"):
        await driver.move_clock(-1)


async def test_the_page_is_told_who_and_what_there_is(server: DemoServer) -> None:
    state = await fetched(f"{server.url}/demo/state")
    assert [person["first_name"] for person in state["people"]] == ["阿娜", "Boris", "Clara"]
    assert state["people"][0]["note"] == "1688 分销客"
    assert state["suggestions"] == [{"text": "1234", "note": "等待结算", "person": ANNA}]
    assert state["clock"] == {
        "now": "2026-08-20T10:00:00+08:00",
        "next_payout_day": "2026-09-15",
    }


async def test_changes_stream_to_the_page(server: DemoServer) -> None:
    async with aiohttp.ClientSession(server.url) as session, session.get("/demo/events") as stream:
        assert await next_event(stream) == {"kind": "connected"}
        server.world.say(ANNA, "你好")
        event = await next_event(stream)
        assert (event["kind"], event["person"], event["message"]["text"]) == (
            "message",
            ANNA,
            "你好",
        )
        server.world.show_action(ANNA, "typing")
        assert await next_event(stream) == {
            "kind": "typing",
            "person": ANNA,
            "action": "typing",
        }
        await session.post("/demo/clock", json={"days": 1})
        assert (await next_event(stream))["clock"]["now"] == "2026-08-21T10:00:00+08:00"
        await server.stop()
        assert await stream.content.read() == b""


async def test_a_foreign_page_in_the_same_browser_cannot_write(server: DemoServer) -> None:
    """A form or a simple request of another origin has no JSON content type."""
    async with (
        aiohttp.ClientSession(server.url) as session,
        session.post("/demo/clock", data=b'{"days": 1}') as response,
    ):
        assert response.status == 400
        assert "application/json" in (await response.json())["error"]


async def test_the_page_runs_nothing_but_its_own_files(server: DemoServer) -> None:
    async with aiohttp.ClientSession(server.url) as session, session.get("/") as response:
        assert response.content_type == "text/html"
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]


async def fetched(url: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        content: dict[str, Any] = await response.json()
        return content


async def next_event(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    event: dict[str, Any] = orjson.loads(
        (await stream.content.readuntil(b"\n\n")).partition(b"data: ")[2]
    )
    return event
