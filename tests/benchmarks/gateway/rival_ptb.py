"""A default python-telegram-bot echo bot. Arguments: polling or webhook, the Bot API, the port."""

import sys
from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, MessageHandler, filters

TOKEN = "42:AAbenchmark"  # noqa: S105


async def echo(update: Update, _: Any) -> None:
    """Say what was heard."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main(mode: str, bot_api: str, port: str) -> None:
    """Serve until SIGTERM."""
    bot: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder().token(TOKEN).base_url(f"{bot_api}/bot").build()
    )
    bot.add_handler(MessageHandler(filters.TEXT, echo))
    if mode == "polling":
        bot.run_polling(poll_interval=0)
    else:
        bot.run_webhook(
            "127.0.0.1",
            int(port),
            "telegram",
            webhook_url=f"http://127.0.0.1:{port}/telegram",
            secret_token="s" * 40,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
