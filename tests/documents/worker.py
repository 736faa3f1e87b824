"""A process that imports documents until it is killed: `python -m tests.documents.worker`."""

import asyncio
import sys
from datetime import UTC, datetime

from bot.store.database import open_engine
from bot.sync.documents import DocumentImports, Pace, Speech
from bot.telegram.fetching import Files
from bot.telegram.transport import BotApi

NOW = datetime(2026, 8, 20, 2, tzinfo=UTC)


def main(database: str, bot_api: str, token: str, secret: str) -> None:
    api = BotApi(bot_api, token)
    imports = DocumentImports(
        open_engine(database),
        Files(api),
        api.bot,
        Speech(secret.encode(), UTC),
        lambda: NOW,
        Pace(look=0.02, tell=0),
    )
    asyncio.run(imports.run())


if __name__ == "__main__":
    main(*sys.argv[1:])
