"""The way in: links that work once and for ten minutes, sessions that end, foreign forms."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import Connection, select

from bot.console.application import console_routes
from bot.console.cookies import csrf_token
from bot.desk.desk import Desk
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.intake import Intake, Received
from bot.listening import Listener
from bot.store.forgetting import forget_settled
from bot.store.signing_in import (
    LINK_LIFETIME,
    SESSION_IDLE,
    SESSION_LIFETIME,
    hash_token,
    make_link,
)
from bot.store.staff import LOCAL, StaffRole
from bot.store.tables import audit_log, console_sessions, console_staff, outbox, sign_in_links
from tests.console.conftest import (
    ON_SQLITE,
    OWNER,
    PEOPLE,
    Browser,
    Console,
    shipped_snapshot,
)

pytestmark = ON_SQLITE


def link_for(console: Console, user: int = OWNER) -> str:
    with console.engine.begin() as connection:
        return make_link(connection, user, "负责人", console.clock.now())


async def enter(browser: Browser, code: str) -> Browser | None:
    """Press the button of a one-time link; the browser that is signed in then."""
    answer = await browser.post("/console/enter", {"code": code})
    if answer.status != 303:
        assert answer.status == 403
        assert "这个链接不能登录" in answer.words
        return None
    found = re.search(r"mingzhang=([^;]+)", answer.headers["Set-Cookie"])
    assert found
    return replace(browser, token=found[1])


async def is_in(browser: Browser) -> bool:
    return (await browser.get("/console/")).status == 200


async def test_a_link_signs_in_once(console: Console) -> None:
    code = link_for(console)
    entered = await enter(console.stranger(), code)
    assert entered
    assert await is_in(entered)
    assert await enter(console.stranger(), code) is None


async def test_looking_at_a_link_does_not_use_it_up(console: Console) -> None:
    code = link_for(console)
    for _ in range(3):
        looked = await console.stranger().get(f"/console/enter?code={code}")
        assert looked.status == 200
        assert "Set-Cookie" not in looked.headers
    assert await enter(console.stranger(), code)


async def test_a_link_is_good_for_ten_minutes(console: Console) -> None:
    codes = [link_for(console) for _ in range(2)]
    console.clock.instant += LINK_LIFETIME - timedelta(seconds=1)
    assert await enter(console.stranger(), codes[0])
    console.clock.instant += timedelta(seconds=1)
    assert await enter(console.stranger(), codes[1]) is None


async def test_a_link_is_worth_nothing_without_a_role(console: Console) -> None:
    assert await enter(console.stranger(), link_for(console, user=4242)) is None


async def test_whoever_is_at_the_machine_is_an_owner(console: Console) -> None:
    entered = await enter(console.stranger(), link_for(console, LOCAL))
    assert entered
    assert (await entered.get("/console/team")).status == 200


async def test_only_hashes_are_kept(console: Console) -> None:
    code = link_for(console)
    entered = await enter(console.stranger(), code)
    assert entered
    with console.engine.connect() as connection:
        kept = str(connection.execute(select(sign_in_links)).all())
        kept += str(connection.execute(select(console_sessions)).all())
    assert code not in kept
    assert entered.token not in kept
    assert hash_token(entered.token) in kept


async def test_a_session_ends_when_it_is_not_used(console: Console) -> None:
    browser = console.browser()
    console.clock.instant += SESSION_IDLE - timedelta(minutes=1)
    assert await is_in(browser)
    console.clock.instant += SESSION_IDLE - timedelta(minutes=1)
    assert await is_in(browser)
    console.clock.instant += SESSION_IDLE
    assert not await is_in(browser)


async def test_a_session_ends_after_a_week_however_much_it_is_used(console: Console) -> None:
    browser = console.browser()
    for _ in range(2 * SESSION_LIFETIME // SESSION_IDLE + 1):
        console.clock.instant += SESSION_IDLE / 2
        if not await is_in(browser):
            break
    assert console.clock.instant == console.parts.now()
    assert not await is_in(browser)


async def test_signing_in_makes_a_new_session_and_ends_the_one_before(console: Console) -> None:
    before = console.browser()
    after = await enter(replace(before), link_for(console))
    assert after
    assert after.token != before.token
    assert not await is_in(before)
    assert await is_in(after)


async def test_a_session_somebody_chose_is_none(console: Console) -> None:
    chosen = replace(console.stranger(), token="x" * 43)
    assert not await is_in(chosen)
    entered = await enter(chosen, link_for(console))
    assert entered
    assert not await is_in(chosen)


async def test_signing_out_ends_this_session_and_everywhere_all_of_them(console: Console) -> None:
    here, there, elsewhere = (console.browser() for _ in range(3))
    left = await here.post("/console/account/sign-out")
    assert left.status == 303
    assert 'mingzhang=""' in left.headers["Set-Cookie"]
    assert not await is_in(here)
    assert await is_in(there)
    code = link_for(console, PEOPLE[StaffRole.OWNER])
    assert (await there.post("/console/account/sign-out-everywhere")).status == 303
    assert not await is_in(elsewhere)
    assert await enter(console.stranger(), code) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": csrf_token("another session")},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_a_foreign_form_changes_nothing(console: Console, headers: dict[str, str]) -> None:
    browser = console.browser()
    form = {"user": "77", "role": "owner", "name": "贼"}
    answer = await browser.post("/console/team/give", form, **headers)
    assert answer.status == 403
    assert "不是从这里发出的" in answer.words
    with console.engine.connect() as connection:
        given = connection.execute(select(console_staff.c.user)).scalars().all()
    assert 77 not in given


async def test_without_the_browsers_word_a_form_is_foreign(console: Console) -> None:
    browser = console.browser()
    token = {"X-CSRF-Token": csrf_token(browser.token)}
    path = "/console/account/preferences"
    assert (await browser.send("POST", path, {}, token)).status == 403
    own = token | {"Sec-Fetch-Site": "same-origin"}
    assert (await browser.send("POST", path, {}, own)).status == 303


async def test_the_bot_sends_its_people_a_link(console: Console) -> None:
    told = link_said(console, PEOPLE[StaffRole.AGENT], staff=True)
    found = re.search(r"http\S+/console/enter\?code=([\w-]+)", told)
    assert found
    entered = await enter(console.stranger(), found[1])
    assert entered
    assert (await entered.get("/console/team")).status == 403


def test_the_link_is_gone_from_the_outbox_once_it_is_sent(console: Console) -> None:
    link_said(console, OWNER, staff=False)
    with console.engine.begin() as connection:
        connection.execute(outbox.update().values(state="sent"))
        forget_settled(connection, console.clock.now(), 10)
        assert connection.execute(select(outbox.c.id)).all() == []


def link_said(console: Console, user: int, *, staff: bool) -> str:
    """Send /console to the bot; what it answers."""
    if staff:
        console.browser(next(role for role, each in PEOPLE.items() if each == user))
    operators = Operators(None, (OWNER,), console=console.parts.address)
    desk = Desk(shipped_snapshot, b"secret", operators=operators)
    intake = Intake(desk, 4711, console.clock.now)
    incoming = Incoming(1, user, user, text="/console", name="小陈", message=5)
    with console.engine.begin() as connection:
        intake.handle(connection, [intake.prepare(Received(1, {}, incoming))])
        return _said(connection)


def _said(connection: Connection) -> str:
    payload = connection.execute(select(outbox.c.payload)).scalars().one()
    return unescape(str(payload))


async def test_sign_ins_are_recorded(console: Console) -> None:
    await enter(console.stranger(), link_for(console))
    with console.engine.connect() as connection:
        found = connection.execute(select(audit_log.c.user, audit_log.c.kind)).all()
    assert found == [(OWNER, "signed_in")]


@asynccontextmanager
async def behind_https(console: Console) -> AsyncIterator[Browser]:
    """The same console as a proxy with https would show it: only its address is another."""
    parts = replace(console.parts, reached_at=lambda: "https://bot.example.com")
    listener = Listener("127.0.0.1:0", console_routes(parts))
    await listener.start()
    yield Browser(f"http://127.0.0.1:{listener.port}", console.client)
    await listener.stop()


async def test_behind_https_the_cookie_is_bound_to_host_and_https(console: Console) -> None:
    async with behind_https(console) as browser:
        own = {"Origin": "https://bot.example.com"}
        entered = await browser.post("/console/enter", {"code": link_for(console)}, **own)
        cookie = entered.headers["Set-Cookie"]
        assert cookie.startswith("__Host-mingzhang=")
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert "max-age" in entered.headers["Strict-Transport-Security"]
        foreign = await browser.post("/console/enter", {"code": link_for(console)})
        assert foreign.status == 403  # the address of the proxy's inside is not ours


async def test_telegrams_button_is_there_only_where_it_works(console: Console) -> None:
    plain = await console.stranger().get("/console/sign-in")
    assert "telegram-widget" not in plain.text
    assert "telegram.org" not in plain.headers["Content-Security-Policy"]
    async with behind_https(console) as browser:
        shown = await browser.get("/console/sign-in")
        assert 'data-telegram-login="mingzhang_bot"' in shown.text
        assert 'data-auth-url="https://bot.example.com/console/telegram"' in shown.text
        policy = shown.headers["Content-Security-Policy"]
        assert "script-src 'self' https://telegram.org;" in policy
        assert "frame-src https://oauth.telegram.org;" in policy
        assert "frame-ancestors 'none'" in policy
