"""What holds for every answer: headers, lengths, pace, and faults told without what was sent."""

import logging
from datetime import timedelta

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from bot.console.failing import failing_page
from bot.console.guarding import guarded
from bot.console.limits import Limit
from bot.listening import Listener
from tests.console.conftest import NOW, ON_SQLITE, Browser, Console


@ON_SQLITE
async def test_pages_forbid_what_they_do_not_need(console: Console) -> None:
    headers = (await console.browser().get("/console/")).headers
    policy = headers["Content-Security-Policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    # Nothing else would make browsers say where our own forms come from.
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


@ON_SQLITE
async def test_files_of_the_layout_may_be_kept(console: Console) -> None:
    page = await console.stranger().get("/console/sign-in")
    address = page.text.partition('stylesheet" href="')[2].partition('"')[0]
    style = await console.stranger().get(address)
    assert style.status == 200
    assert "immutable" in style.headers["Cache-Control"]
    assert (await console.stranger().get("/console/assets/../menu.py")).status in (303, 404)
    assert (await console.stranger().get("/console/assets/menu.py")).status == 404


@ON_SQLITE
async def test_a_page_that_is_not_there_says_so(console: Console) -> None:
    answer = await console.browser().get("/console/nothing")
    assert answer.status == 404
    assert "没有这个页面" in answer.words
    assert (await console.stranger().get("/console")).headers["Location"] == "/console/"


@ON_SQLITE
async def test_a_form_that_is_too_long_is_not_read(console: Console) -> None:
    browser = console.browser()
    answer = await browser.post("/console/team/give", {"name": "长" * 50_000})
    assert answer.status == 413
    assert "太大" in answer.words


@ON_SQLITE
async def test_a_form_that_does_not_say_its_length_is_cut_off(console: Console) -> None:
    browser = console.browser()

    async def endless() -> object:
        for _ in range(100):
            yield b"name=" + b"x" * 10_000

    kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": browser.address}
    answer = await browser.send("POST", "/console/team/give", endless(), kind)
    assert answer.status == 413


@ON_SQLITE
async def test_a_broken_upload_is_refused(console: Console) -> None:
    browser = console.browser()
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Origin": browser.address}
    answer = await browser.send("POST", "/console/team/give", b"--y\r\nnot a part", kind)
    assert answer.status in (400, 403)


@ON_SQLITE
async def test_a_session_that_hurries_has_to_wait(console: Console) -> None:
    browser, other = console.browser(), console.browser()
    statuses = [(await browser.get("/console/account")).status for _ in range(125)]
    assert statuses[:120] == [200] * 120
    assert statuses[-1] == 429
    assert (await other.get("/console/account")).status == 200
    console.clock.instant += timedelta(seconds=1)
    assert (await browser.get("/console/account")).status == 200


@ON_SQLITE
async def test_whoever_tries_links_has_to_wait(console: Console) -> None:
    form = {"code": "guess"}
    tried = [(await console.stranger().post("/console/enter", form)).status for _ in range(31)]
    assert tried == [403] * 30 + [429]


def test_a_bucket_fills_again_by_and_by() -> None:
    limit = Limit(burst=2, a_second=0.5)
    assert [limit.admits("a", NOW) for _ in range(3)] == [True, True, False]
    assert limit.admits("b", NOW)
    assert not limit.admits("a", NOW + timedelta(seconds=1))
    assert limit.admits("a", NOW + timedelta(seconds=2))
    assert not limit.admits("a", NOW - timedelta(days=1))  # a clock set back fills nothing
    assert [limit.admits("a", NOW + timedelta(days=1)) for _ in range(3)] == [True, True, False]


def test_buckets_of_long_ago_are_dropped() -> None:
    limit = Limit(burst=1, a_second=0)
    assert limit.admits("first", NOW)
    for number in range(10_000):
        limit.admits(str(number), NOW)
    assert limit.admits("first", NOW)


@ON_SQLITE
async def test_a_fault_is_a_page_and_a_line_in_the_log_without_what_was_sent(
    console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: Request) -> Response:
        raise ValueError("what somebody wrote")

    inside = Router([Route("/broken", broken)])
    application = guarded(inside, failing_page(console.parts), is_secure=lambda: True)
    listener = Listener("127.0.0.1:0", [Mount("/", application)])
    await listener.start()
    browser = Browser(f"http://127.0.0.1:{listener.port}", console.client)
    with caplog.at_level(logging.ERROR):
        answer = await browser.get("/broken?secret=1")
    await listener.stop()
    assert answer.status == 500
    assert "程序出错了" in answer.words
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert "ValueError at" in caplog.text
    assert "test_guarding.py" in caplog.text
    assert "somebody wrote" not in caplog.text
    assert "secret" not in caplog.text
