"""What lets somebody in (门), each with a key that is right: buttons, sessions, links, secrets."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from typing import Any

from sqlalchemy import Connection

from bot.console.cookies import csrf_matches, csrf_token
from bot.console.telegram_login import FIELDS, read_login
from bot.desk.actions import Action, Signer, Verb
from bot.health.access import may_read
from bot.store.creators import add_creator, make_binding_code
from bot.store.database import open_engine, upgrade
from bot.store.people import CodeSpentError, bind
from bot.store.signing_in import find_session, make_link, open_session, use_link
from bot.telegram.dispatch import Me
from bot.telegram.webhook import WebhookEndpoint

__all__ = ["Door", "doors"]

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
OWNER, SECRET = 9000, "a-secret-of-at-least-thirty-two-characters"
TOKEN = "4711:demo-of-the-doors"  # noqa: S105
SEPARATOR = "\x1e"


@dataclass(frozen=True, slots=True)
class Door:
    """What a key opens; some keys work only once."""

    name: str
    key: str
    opens: Callable[[str], bool]


@contextmanager
def doors(address: str) -> Iterator[list[Door]]:
    """All of them, on an empty database."""
    engine = open_engine(address)
    upgrade(engine)
    with engine.begin() as connection:
        yield [*_kept_in(connection), *_computed()]
    engine.dispose()


def _kept_in(connection: Connection) -> Iterator[Door]:
    session = open_session(connection, OWNER, "负责人", NOW)
    yield Door("session", session, lambda key: find_session(connection, key, NOW) is not None)
    link = make_link(connection, OWNER, "负责人", NOW)
    yield Door("one-time link", link, lambda key: use_link(connection, key, NOW) is not None)
    owner = add_creator(connection, "小林", NOW)
    code = make_binding_code(connection, owner, NOW)
    yield Door("binding code", code, lambda key: _binds(connection, key))


def _binds(connection: Connection, key: str) -> bool:
    try:
        bind(connection, 7, key, NOW)
    except CodeSpentError:
        return False
    return True


def _computed() -> Iterator[Door]:
    yield Door("form", csrf_token("a session"), lambda key: csrf_matches("a session", key))
    yield Door("Telegram's sign-in", SEPARATOR.join(_signed().values()), _signs_in)
    signer = Signer(b"a secret of this installation")
    button = signer.token(7, Action(Verb.APPROVE, "12", "2"))
    yield Door("button", button, lambda key: signer.read(7, key) is not None)
    theirs = f"8{SEPARATOR}{signer.token(8, Action(Verb.APPROVE, '12', '2'))}"
    yield Door("somebody's button", theirs, lambda key: _presses(signer, key))
    yield Door("webhook", SECRET, _brings)
    bearer = f"Bearer {SECRET}"
    yield Door("figures", bearer, lambda key: may_read("8.8.8.8", {"authorization": key}, SECRET))


def _signed() -> dict[str, str]:
    """What Telegram says of somebody who signs in, by its documentation."""
    said = {"id": str(OWNER), "first_name": "林", "last_name": "小", "username": "lin"}
    said |= {"photo_url": "https://t.me/i/1.jpg", "auth_date": str(int(NOW.timestamp()))}
    lines = "\n".join(f"{name}={said[name]}" for name in sorted(said))
    seal = digest(sha256(TOKEN.encode()).digest(), lines.encode(), "sha256").hex()
    return said | {"hash": seal}


def _signs_in(key: str) -> bool:
    said: Mapping[str, str] = dict(zip(FIELDS, key.split(SEPARATOR), strict=False))
    return read_login(said, TOKEN, NOW) is not None


def _presses(signer: Signer, key: str) -> bool:
    """Whether a button works for whom it names."""
    user, _, token = key.partition(SEPARATOR)
    return user.isascii() and user.isdecimal() and signer.read(int(user), token) is not None


def _brings(key: str) -> bool:
    """Whether an update with this secret would be read."""
    headers = [
        (b"x-telegram-bot-api-secret-token", key.encode()),
        (b"content-type", b"application/json"),
    ]
    heard: list[Any] = []

    async def body() -> Any:
        return {"type": "http.request", "body": b"[]"}

    async def hear(message: Any) -> None:
        heard.append(message)

    async def submit(_: Any) -> None:
        return None

    endpoint = WebhookEndpoint(Me(42, "mingzhang_bot"), SECRET, submit)
    request = {"type": "http", "method": "POST", "headers": headers}
    with suppress(StopIteration):  # nothing here waits, so it ends at once
        endpoint(request, body, hear).send(None)
    return bool(heard[0]["status"] != 403)
