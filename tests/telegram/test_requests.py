"""python-telegram-bot over our own connections, against the emulator over HTTP."""

import logging
from collections.abc import AsyncIterator

import pytest
import telegram
from aiohttp import web
from telegram.error import (
    BadRequest,
    EndPointNotFound,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.simulator.demo import DemoServer
from bot.simulator.faults import Fault
from bot.simulator.refusal import Refusal, too_many_requests
from bot.telegram.requests import telegram_bot
from bot.telegram.transport import BotApi

TOKEN = "42:AAtest-token"  # noqa: S105


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[telegram.Bot]:
    async with telegram_bot(api) as bot:
        yield bot


async def test_methods_of_python_telegram_bot_work(bot: telegram.Bot, server: DemoServer) -> None:
    assert bot.username == server.world.bot.username
    server.world.say(1, "你好")
    button = telegram.InlineKeyboardButton("按", callback_data="v1")
    said = await bot.send_message(
        1, "<b>好</b>", parse_mode="HTML", reply_markup=telegram.InlineKeyboardMarkup([[button]])
    )
    assert (said.text, said.text_html) == ("好", "<b>好</b>")
    assert said.reply_markup is not None
    await bot.edit_message_text("改", 1, said.message_id)
    await bot.set_message_reaction(1, 1, "👀")
    (question, answer) = server.world.messages(1)
    assert (answer.content.text, question.reaction) == ("改", "👀")


async def test_a_file_goes_up_and_comes_down_again(bot: telegram.Bot, server: DemoServer) -> None:
    server.world.say(1, "导出")
    content = "订单编号,佣金\n".encode("utf-8-sig") + bytes(range(256)) * 4096
    sent = await bot.send_document(1, content, caption="<i>明细</i>", filename="明细.csv")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("明细.csv", len(content))
    assert sent.caption == "<i>明细</i>"
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == content
    again = await bot.send_document(1, sent.document.file_id, caption="又一次")
    assert again.document == sent.document


async def test_methods_newer_than_the_library_are_asked_for_by_name(bot: telegram.Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendRichMessage", {"chat_id": 1})


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (Fault(refusal=too_many_requests(3)), RetryAfter),
        (Fault(refusal=Refusal(400, "Bad Request: chat not found")), BadRequest),
        (Fault(refusal=Refusal(502, "Bad Gateway")), NetworkError),
        (Fault(answer_lost=True), NetworkError),
    ],
)
async def test_mishaps_are_the_librarys_own_errors(
    fault: Fault,
    raised: type[TelegramError],
    bot: telegram.Bot,
    server: DemoServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    server.world.say(1, "x")
    server.bot_api.faults = lambda *_: fault
    with pytest.raises(raised):
        await bot.send_message(1, "y")


async def test_an_answer_that_does_not_come_in_time(bot: telegram.Bot, server: DemoServer) -> None:
    server.bot_api.faults = lambda *_: Fault(delay=30)
    with pytest.raises(TimedOut):
        await bot.get_me(read_timeout=0.05)


async def test_a_missing_file_says_so(bot: telegram.Bot) -> None:
    with pytest.raises(BadRequest, match="Wrong file_id"):
        await bot.get_file("nothing")


async def test_neither_token_nor_answer_is_in_a_log_or_an_error(
    caplog: pytest.LogCaptureFixture, server: DemoServer
) -> None:
    async def rubbish(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"<html>what a person wrote</html>")

    application = web.Application()
    application.router.add_post("/bot{token}/{method}", rubbish)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    caplog.set_level(logging.INFO)
    told = []
    for root in (
        f"http://127.0.0.1:{runner.addresses[0][1]}",
        "http://127.0.0.1:9",
        "http://[::1",
    ):
        api = BotApi(root, TOKEN)
        await api.open()
        with pytest.raises(TelegramError) as caught:
            await telegram_bot(api).get_me()
        told.append(repr(caught.value) + str(caught.value))
        await api.close()
    await runner.cleanup()
    assert TOKEN not in "".join(told) + caplog.text
    assert "what a person wrote" not in "".join(told) + caplog.text
