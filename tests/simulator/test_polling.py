"""getUpdates: offsets confirm, the rest comes again, and only one may wait."""

import asyncio

import pytest
import telegram
from telegram.error import Conflict

from bot.simulator.demo import DemoServer

ANNA = 1001


def texts(updates: tuple[telegram.Update, ...]) -> list[str | None]:
    return [update.message.text for update in updates if update.message]


async def test_what_is_not_confirmed_comes_again(server: DemoServer, bot: telegram.Bot) -> None:
    """A bot that dies before it moves the offset gets the same updates after its restart."""
    for text in "abc":
        server.world.say(ANNA, text)
    first = await bot.get_updates()
    again = await bot.get_updates()
    assert texts(first) == texts(again) == ["a", "b", "c"]
    assert [u.update_id for u in first] == [u.update_id for u in again]


async def test_an_offset_confirms_everything_below(server: DemoServer, bot: telegram.Bot) -> None:
    for text in "abc":
        server.world.say(ANNA, text)
    a, b, c = await bot.get_updates()
    assert (b.update_id, c.update_id) == (a.update_id + 1, a.update_id + 2)
    assert texts(await bot.get_updates(offset=b.update_id)) == ["b", "c"]
    # A lower offset brings nothing back.
    assert texts(await bot.get_updates(offset=a.update_id)) == ["b", "c"]
    assert texts(await bot.get_updates(offset=c.update_id + 1)) == []


async def test_a_limit_takes_the_oldest(server: DemoServer, bot: telegram.Bot) -> None:
    for number in range(120):
        server.world.say(ANNA, str(number))
    assert texts(await bot.get_updates(limit=2)) == ["0", "1"]
    assert len(await bot.get_updates()) == 100


async def test_a_negative_offset_keeps_the_newest(server: DemoServer, bot: telegram.Bot) -> None:
    for text in "abc":
        server.world.say(ANNA, text)
    assert texts(await bot.get_updates(offset=-1)) == ["c"]
    assert texts(await bot.get_updates()) == ["c"]


async def test_a_poll_waits_for_the_next_message(server: DemoServer, bot: telegram.Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await server.bot_api.polling.idle.wait()
    server.world.say(ANNA, "在吗")
    assert texts(await poll) == ["在吗"]


async def test_a_poll_ends_empty_when_its_time_is_over(bot: telegram.Bot) -> None:
    assert await bot.get_updates(timeout=1) == ()


async def test_of_two_pollers_the_one_that_waits_is_thrown_out(
    server: DemoServer, bot: telegram.Bot
) -> None:
    """As at Telegram: the newer call wins, so two bots throw each other out in turn."""
    idle = server.bot_api.polling.idle
    async with telegram.Bot(bot.token, base_url=f"{server.url}/bot") as rival:
        first = asyncio.create_task(bot.get_updates(timeout=30))
        await idle.wait()
        second = asyncio.create_task(rival.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await idle.wait()
        third = asyncio.create_task(bot.get_updates(timeout=30))
        with pytest.raises(Conflict):
            await second
        server.world.say(ANNA, "x")
        assert texts(await third) == ["x"]


async def test_a_poller_that_hung_up_is_in_nobodys_way(
    server: DemoServer, bot: telegram.Bot
) -> None:
    killed = asyncio.create_task(bot.get_updates(timeout=30))
    await server.bot_api.polling.idle.wait()
    killed.cancel()
    server.world.say(ANNA, "x")
    assert texts(await bot.get_updates()) == ["x"]


async def test_unwanted_kinds_are_not_sent(server: DemoServer, bot: telegram.Bot) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    server.world.say(ANNA, "x")
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=[])
    server.world.say(ANNA, "y")
    assert texts(await bot.get_updates()) == ["y"]


async def test_polling_and_a_webhook_exclude_each_other(
    server: DemoServer, bot: telegram.Bot
) -> None:
    server.world.say(ANNA, "x")
    poll = asyncio.create_task(bot.get_updates(offset=2**40, timeout=30))
    await server.bot_api.polling.idle.wait()
    server.world.say(ANNA, "y")
    await poll

    await bot.set_webhook("https://bot.example/telegram", secret_token="s" * 32)
    assert (await bot.get_webhook_info()).url == "https://bot.example/telegram"
    with pytest.raises(Conflict, match="while webhook is active"):
        await bot.get_updates()

    await bot.delete_webhook()
    assert texts(await bot.get_updates()) == ["y"]
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0
