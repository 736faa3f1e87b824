"""A process that stops dead in the middle of an import: `python -m tests.documents.worker`."""

import asyncio
import sys
import threading
from datetime import UTC, datetime

from bot.store.database import open_engine
from bot.sync import documents
from bot.sync.documents import DocumentImports, Pace, Speech
from bot.sync.telling import Telling
from bot.telegram.fetching import Files
from bot.telegram.transport import BotApi

NOW = datetime(2026, 8, 20, 2, tzinfo=UTC)


class Stuck(Telling):
    """Tells of the first rows, and nothing ever after."""

    def read(self, rows: int, inside: str | None = None) -> None:
        super().read(rows, inside)
        threading.Event().wait()


def main(database: str, bot_api: str, token: str, secret: str) -> None:
    setattr(documents, "Telling", Stuck)  # noqa: B010 (as a test would patch it)
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
