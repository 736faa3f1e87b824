"""An aiogram 3 echo bot on uvloop. Arguments: polling or webhook, the Bot API, the port."""

import asyncio
import sys

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

TOKEN = "42:AAbenchmark"  # noqa: S105
SECRET = "s" * 40


async def echo(message: Message) -> None:
    """Say what was heard."""
    await message.answer(message.text or "")


async def main(mode: str, bot_api: str, port: str) -> None:
    """Serve until SIGTERM."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(bot_api))
    bot, dispatcher = Bot(TOKEN, session=session), Dispatcher()
    dispatcher.message.register(echo)
    if mode == "polling":
        await dispatcher.start_polling(bot)
        return
    application = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET).register(application, "/telegram")
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(port)).start()
    await bot.set_webhook(f"http://127.0.0.1:{port}/telegram", secret_token=SECRET)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main(*sys.argv[1:]))
