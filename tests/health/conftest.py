"""A bot's health, asked over HTTP of a real server on a real database."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine
from starlette.routing import BaseRoute

from bot.app import load_snapshot
from bot.desk.snapshot import Snapshot
from bot.health.condition import Condition
from bot.health.figures import Figures
from bot.health.readiness import Health
from bot.listening import Listener
from bot.store.database import open_engine
from bot.sync.figures import shipped_figures

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
WELL = Condition(started=True, open=True, heard=3.0)


class Answer(NamedTuple):
    """What a page said."""

    status: int
    text: str
    json: Any


Asking = Callable[[list[BaseRoute]], AbstractAsyncContextManager[Callable[..., Any]]]


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    return load_snapshot()


@pytest.fixture
def asking() -> Asking:
    """A web server with some routes; what it gives asks for a path."""

    @asynccontextmanager
    async def serve(routes: list[BaseRoute]) -> AsyncIterator[Callable[..., Any]]:
        listener = Listener("127.0.0.1:0", routes)
        await listener.start()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{listener.port}") as http:

            async def ask(path: str, **headers: str) -> Answer:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                async with http.get(path, headers=named) as answer:
                    is_json = answer.content_type == "application/json"
                    said = await answer.json() if is_json else None
                    return Answer(answer.status, await answer.text(), said)

            yield ask
        await listener.stop()

    return serve


@pytest.fixture
def health_of(snapshot: Snapshot) -> Callable[..., Health]:
    def make(engine: Engine, condition: Condition = WELL, **more: Any) -> Health:
        return Health(
            engine,
            lambda: condition,
            lambda: snapshot,
            lambda: NOW,
            shipped_figures(),
            **{"polls": True, **more},
        )

    return make


@pytest.fixture
def figures_of(snapshot: Snapshot) -> Callable[..., Figures]:
    def make(engine: Engine, condition: Condition = WELL) -> Figures:
        return Figures(engine, lambda: condition, lambda: snapshot, lambda: NOW)

    return make


def samples(exposition: str) -> dict[str, float]:
    """The figures of a page by name and labels, as Prometheus reads them."""
    return {
        sample.name
        + "".join(f"{{{k}={v}}}" for k, v in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }


@pytest.fixture
def sqlite_engine(sqlite_database: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_database)
    yield engine
    engine.dispose()
