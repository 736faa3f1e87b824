"""The one application with everything it answers, on a database full of hostile words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from starlette.routing import BaseRoute, Mount, Route, Router

from bot.app import compose, compose_routes
from bot.console.cookies import csrf_token
from bot.settings import load_settings
from bot.store.database import open_engine
from bot.store.signing_in import open_session
from bot.telegram.webhook_gateway import WebhookPlace
from tests.console.conftest import shipped_snapshot
from tests.security.asking import Asker
from tests.security.chatting import NOW
from tests.security.doors import TOKEN
from tests.security.hostile_world import fill

OWNER = 9000
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")
WEBHOOK_SECRET = "a-secret-of-at-least-thirty-two-characters"  # noqa: S105


@dataclass
class Clock:
    """Goes on by a second with each look, so that nobody is too fast."""

    at: datetime = NOW

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@dataclass
class Application:
    """What the web server answers, and its routes as method and path."""

    engine: Engine
    router: Router
    address: str
    clock: Clock = field(default_factory=Clock)

    def stranger(self) -> Asker:
        """Somebody who is not signed in."""
        return Asker(self.router)

    def owner(self, language: str = "zh") -> Asker:
        """Somebody who may do everything, with the tokens that our own pages send."""
        with self.engine.begin() as connection:
            token = open_session(connection, OWNER, "负责人", self.clock.now())
        name = "__Host-mingzhang" if self.address.startswith("https") else "mingzhang"
        return Asker(
            self.router,
            {
                "cookie": f"{name}={token}",
                "x-csrf-token": csrf_token(token),
                "origin": self.address,
                "accept-language": language,
            },
        )

    def routes(self) -> list[tuple[str, str]]:
        """Method and path of everything that is answered."""
        return sorted(_flat(self.router.routes, ""))


def _flat(routes: list[BaseRoute], before: str) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            yield from _flat(list(route.routes), before + route.path)
        elif isinstance(route, Route):
            for method in route.methods or METHODS:
                yield method, before + route.path


@pytest.fixture
def application(sqlite_database: str) -> Iterator[Application]:
    yield from served(sqlite_database, "http://127.0.0.1:8080")


def served(database: str, address: str) -> Iterator[Application]:
    """The application of a bot that was never started."""
    engine, clock = open_engine(database), Clock()
    known = {"token": SecretStr(TOKEN), "metrics_token": SecretStr(WEBHOOK_SECRET)}
    here = {"admins": (OWNER,), "public_url": address}
    settings = load_settings().model_copy(update=known | here)
    place = WebhookPlace(f"{address}/telegram", WEBHOOK_SECRET)
    service = compose(
        settings,
        engine,
        shipped_snapshot,
        clock.now,
        bot_api="http://127.0.0.1:9",
        token=TOKEN,
    )
    routes = compose_routes(settings, engine, shipped_snapshot, clock.now, service)
    fill(engine)
    yield Application(engine, Router([*routes, *place.routes]), address, clock)
    engine.dispose()
