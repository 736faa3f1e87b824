"""`mingzhang creator link`: a one-time link that binds whoever opens it to a creator."""

import asyncio

from bot.app import SystemClock
from bot.commands.chosen import known_creator
from bot.commands.output import complain, say
from bot.commands.store import opened_store, usable_settings
from bot.desk.binding import PAYLOAD, binding_link
from bot.settings import Settings
from bot.store.creators import CODE_LIFETIME, make_binding_code
from bot.telegram.transport import Accepted, BotApi

__all__ = ["link"]

ANSWER_SECONDS = 5.0


def link(name: str) -> None:
    """Print a link for a creator; what to send to the bot instead where its name is not known."""
    with opened_store() as engine, engine.begin() as connection:
        creator = known_creator(connection, name)
        code = make_binding_code(connection, creator, SystemClock().now())
    bot = asyncio.run(_bot_name(usable_settings()))
    minutes = int(CODE_LIFETIME.total_seconds() // 60)
    terms = f"{minutes} 分钟内有效，只能用一次"
    if bot:
        say(f"把这个链接发给 {name}，{terms}：\n{binding_link(bot, code)}")
    else:
        say(f"请 {name} 私聊机器人，原样发送下面这一行，{terms}：\n/start {PAYLOAD}{code}")
        complain("没有从 Telegram 问到机器人的名字，所以没有链接；原因请看 mingzhang doctor")


async def _bot_name(settings: Settings) -> str | None:
    """The bot's user name; None without a token, or while Telegram does not say it."""
    if settings.token is None:
        return None
    api = BotApi(settings.bot_api, settings.token.get_secret_value())
    await api.open()
    try:
        outcome = await api.call("getMe", {}, ANSWER_SECONDS)
    finally:
        await api.close()
    match outcome:
        case Accepted({"username": str(name)}):
            return name
    return None
