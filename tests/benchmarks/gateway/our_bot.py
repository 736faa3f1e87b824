"""Mingzhang as it runs, with SQLite and synchronous=FULL.

Arguments: the desk (echo or real), polling or webhook, the Bot API, the port to listen on.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.app import event_loop
from bot.listening import Listener
from bot.store.database import open_engine, upgrade
from bot.telegram.service import Service, brought_to, polling
from bot.telegram.transport import BotApi
from bot.telegram.webhook_gateway import WebhookPlace
from tests.benchmarks.gateway.stub import TOKEN
from tests.benchmarks.writer import EchoDesk, NothingDue, real_desk

SECRET = "benchmark-secret-of-thirty-two-characters"  # noqa: S105


async def serve(kind: str, mode: str, bot_api: str, port: str, database: str) -> None:
    """Serve until SIGTERM."""
    engine = open_engine(database)
    upgrade(engine)
    address = f"127.0.0.1:{port}"
    place = WebhookPlace(f"http://{address}", SECRET)
    listener = Listener(address, place.routes)
    desk = real_desk() if kind == "real" else EchoDesk()
    service = Service(
        engine=engine,
        api=BotApi(bot_api, TOKEN),
        desk_for=lambda _: desk,
        planner=NothingDue(),
        now=lambda: datetime.now(UTC),  # noqa: TID251
        gateway=polling if mode == "polling" else brought_to(place),
    )
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    await listener.start()
    await service.start()
    await told.wait()
    await service.stop()
    await listener.stop()
    engine.dispose()


def main(loop: Callable[[], asyncio.AbstractEventLoop] | None) -> None:
    """Run on the loop the bot runs on."""
    folder = os.environ.get("BENCHMARK_FOLDER")
    with tempfile.TemporaryDirectory(dir=folder) as place:
        database = f"sqlite:///{Path(place) / 'bot.db'}"
        with asyncio.Runner(loop_factory=loop) as runner:
            kind, mode, bot_api, port = sys.argv[1:]
            runner.run(serve(kind, mode, bot_api, port, database))


if __name__ == "__main__":
    main(event_loop())
