"""The console behind a real web server, and browsers that are signed in to it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import Engine, select

from bot.app import load_snapshot
from bot.console.application import console_routes
from bot.console.cookies import csrf_token
from bot.console.parts import Parts
from bot.desk.snapshot import Snapshot
from bot.listening import Listener
from bot.settings import load_settings
from bot.store.signing_in import open_session
from bot.store.staff import Member, StaffRole, give_role
from bot.store.tables import audit_log
from tests.clocks import StandingClock

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
TOKEN = "4711:console-tests"  # noqa: S105 (no bot has it)
OWNER = 9000
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what asks the databases nothing new: its queries are tested on both in tests/store."""
PEOPLE = {role: 9001 + place for place, role in enumerate(StaffRole)}


@cache
def shipped_snapshot() -> Snapshot:
    return load_snapshot()


@dataclass
class Answer:
    """A response, read to its end."""

    status: int
    headers: Any
    text: str

    @property
    def words(self) -> str:
        """What a person reads of it."""
        reader = _Words()
        reader.feed(self.text)
        return " ".join(" ".join(reader.found).split())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


@dataclass
class Browser:
    """Somebody at the console; `token` is that of their session."""

    address: str
    client: aiohttp.ClientSession
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page; redirections are not followed."""
        return await self.send("GET", path, headers=headers)

    async def post(self, path: str, form: Any = None, **headers: str) -> Answer:
        """Send a form as our own page would: with its origin and token."""
        data = form if isinstance(form, aiohttp.FormData) else dict(form or {})
        own = {"Origin": self.address, "X-CSRF-Token": csrf_token(self.token)}
        return await self.send("POST", path, data, own | headers)

    async def send(
        self, method: str, path: str, data: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request with nothing but what is given and the session."""
        cookies = {"mingzhang": self.token} if self.token else {}
        async with self.client.request(
            method,
            f"{self.address}{path}",
            data=data,
            headers=self.headers | (headers or {}),
            cookies=cookies,
            allow_redirects=False,
        ) as response:
            return Answer(response.status, response.headers, await response.text())


@dataclass
class Console:
    """A console that is served."""

    engine: Engine
    parts: Parts
    clock: StandingClock
    address: str
    client: aiohttp.ClientSession

    @property
    def recorded(self) -> list[tuple[str, str]]:
        """What the audit log holds: what was done, to what."""
        logged = select(audit_log.c.kind, audit_log.c.about).order_by(audit_log.c.id)
        with self.engine.connect() as connection:
            return [(kind, about) for kind, about in connection.execute(logged)]

    def stranger(self) -> Browser:
        """Somebody who is not signed in."""
        return Browser(self.address, self.client)

    def browser(self, role: StaffRole = StaffRole.OWNER, language: str = "zh") -> Browser:
        """Somebody with a role, signed in just now."""
        user, now = PEOPLE[role], self.clock.now()
        with self.engine.begin() as connection:
            member = Member(user, f"员工{role.value}", role)
            give_role(connection, member, role, (OWNER,), OWNER, now)
            token = open_session(connection, user, member.name, now)
        return Browser(self.address, self.client, token, {"Accept-Language": language})


@pytest.fixture
def current() -> Callable[[], Snapshot]:
    """What is in force; tests that publish put their own in its place."""
    return shipped_snapshot


@pytest_asyncio.fixture
async def console(engine: Engine, current: Callable[[], Snapshot]) -> AsyncIterator[Console]:
    """The console on an empty database; OWNER is the one the settings name."""
    clock = StandingClock(NOW)
    settings = load_settings().model_copy(update={"admins": (OWNER,), "public_url": None})
    parts = Parts(
        engine=engine,
        settings=settings,
        current=current,
        now=clock.now,
        secret=b"console-tests-secret",
        reached_at=lambda: address,
        token=TOKEN,
        bot=4711,
        bot_name=lambda: "mingzhang_bot",
    )
    listener = Listener("127.0.0.1:0", console_routes(parts))
    await listener.start()
    address = f"http://127.0.0.1:{listener.port}"
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(cookie_jar=jar) as client:
        yield Console(engine, parts, clock, address, client)
    await listener.stop()
    parts.threads.shutdown()
    parts.afterwards.shutdown()


@pytest.fixture
def snapshot() -> Snapshot:
    """The answers and rules that come with the program."""
    return shipped_snapshot()
