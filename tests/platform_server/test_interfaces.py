"""Our order interfaces against the contract server: all arrives, and what is wrong is said."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from yarl import URL

from settlement.apis import (
    ApiMethod,
    ApiRefusal,
    Credentials,
    HttpCall,
    Page,
    Question,
    RefusalKind,
    methods_of,
    refused_by_http,
)
from settlement.combining import combined
from settlement.contract import order_json
from settlement.model import Platform
from tests.platform_server import NOW, Faults, PlatformServer, differences

DAYS = 3
NOT_1688 = [platform for platform in Platform if platform is not Platform.ALIBABA_1688]
PASSING = {RefusalKind.SERVER, RefusalKind.THROTTLED, RefusalKind.BROKEN}


class Caller:
    """Asks a platform until it has everything; no store, no clock, no patience."""

    def __init__(self, server: PlatformServer, platform: Platform) -> None:
        self.server = server
        self.platform = platform
        self.keys = Credentials(
            server.keys.app_key,
            server.keys.app_secret,
            server.desks[platform].token,
            sign_secret=server.keys.sign_secret,
        )
        self.known: dict[str, dict[str, Any]] = {}
        self.refused: list[ApiRefusal] = []

    async def ask(
        self, method: ApiMethod, question: Question, at: datetime | None = None
    ) -> Page | ApiRefusal:
        address = self.server.address(self.platform)
        call = method.call(self.keys, question, at or self.server.now, address)
        return await self.send(method, call, question)

    async def send(
        self, method: ApiMethod, call: HttpCall, question: Question
    ) -> Page | ApiRefusal:
        address = URL(call.address, encoded=True)
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                call.verb, address, data=call.body, headers=dict(call.headers)
            ) as answer,
        ):
            if answer.status in {401, 403, 429} or answer.status >= 500:
                return refused_by_http(self.platform, answer.status)
            return method.decode(await answer.read(), question)

    async def everything(self) -> None:
        """Ask each method for all of its windows."""
        for method in methods_of(self.platform):
            step = method.figures.window or timedelta(days=90)
            start, end = NOW - timedelta(days=DAYS), self.server.now + timedelta(minutes=30)
            while start < end:
                await self.window(method, Question(start, min(start + step, end)))
                start += step

    async def window(self, method: ApiMethod, question: Question) -> None:
        while True:
            page = await self.ask(method, question)
            if isinstance(page, ApiRefusal):
                self.refused.append(page)
                assert page.kind in PASSING, page
                continue
            self.take(page)
            if page.cursor is None:
                return
            question = replace(question, cursor=page.cursor)

    def take(self, page: Page) -> None:
        assert page.unread == ()
        for each in page.statements:
            key, said = each.order.key.number, order_json(each.order)
            self.known[key] = combined(self.known.get(key), said, each.states, each.rows)


@pytest.fixture(params=list(Platform), ids=str)
async def caller(request: pytest.FixtureRequest) -> AsyncIterator[Caller]:
    faults = Faults(
        broken=0.05, throttled=0.03, cut=0.02, slow=0.05, slow_seconds=0.001, tick=timedelta(0)
    )
    server = PlatformServer({request.param: 400}, faults=faults, days=DAYS)
    async with server:
        yield Caller(server, request.param)


async def test_everything_arrives_as_it_was_sold(caller: Caller) -> None:
    await caller.everything()

    assert list(differences(caller.known, caller.server.truth(caller.platform))) == []
    desk = caller.server.desks[caller.platform]
    assert desk.refused == []
    assert len(desk.book.sales) == 400


async def test_what_changes_and_comes_late_arrives_when_asked_again(caller: Caller) -> None:
    await caller.everything()

    caller.server.change(caller.platform, 20, late=0.5)
    caller.server.sell(caller.platform, 5, late=0.5)
    truth = caller.server.truth(caller.platform)
    assert list(differences(caller.known, truth)) != []
    await caller.everything()

    assert list(differences(caller.known, truth)) == []
    assert len(caller.server.creators(caller.platform)) == 405


def quiet(platform: Platform, **faults: Any) -> PlatformServer:
    return PlatformServer({platform: 30}, faults=Faults(**faults), days=1)


def question_of(method: ApiMethod) -> Question:
    return Question(NOW - (method.figures.window or timedelta(days=1)), NOW)


async def refusal(caller: Caller, question: Question | None = None) -> ApiRefusal:
    method = methods_of(caller.platform)[0]
    answer = await caller.ask(method, question or question_of(method))
    assert isinstance(answer, ApiRefusal)
    return answer


@pytest.mark.parametrize("platform", list(Platform), ids=str)
async def test_a_wrong_secret_is_refused(platform: Platform) -> None:
    async with quiet(platform) as server:
        caller = Caller(server, platform)
        caller.keys = replace(caller.keys, app_secret="wrong", sign_secret="wrong")  # noqa: S106
        assert (await refusal(caller)).kind is RefusalKind.BAD_SIGNATURE


@pytest.mark.parametrize("platform", list(Platform), ids=str)
async def test_an_expired_token_is_refused_until_it_is_renewed(platform: Platform) -> None:
    async with quiet(platform, expires_after=2) as server:
        caller = Caller(server, platform)
        method = methods_of(platform)[0]
        assert isinstance(await caller.ask(method, question_of(method)), Page)
        assert (await refusal(caller)).kind is RefusalKind.TOKEN_EXPIRED
        caller.keys = replace(caller.keys, access_token=server.renew_token(platform))
        assert isinstance(await caller.ask(method, question_of(method)), Page)


@pytest.mark.parametrize("platform", NOT_1688, ids=str)
async def test_a_clock_that_is_wrong_is_refused(platform: Platform) -> None:
    """1688's timestamp may be left out, and is."""
    async with quiet(platform, skew=timedelta(minutes=11)) as server:
        assert (await refusal(Caller(server, platform))).kind is RefusalKind.CLOCK_SKEW


@pytest.mark.parametrize("platform", NOT_1688, ids=str)
async def test_a_window_too_wide_is_refused_also_in_a_big_sale(platform: Platform) -> None:
    """1688 names no widest window."""
    async with quiet(platform) as server:
        wide = Question(NOW - timedelta(days=91), NOW)
        assert (await refusal(Caller(server, platform), wide)).kind is RefusalKind.WINDOW_TOO_WIDE
    async with quiet(platform, narrow=timedelta(minutes=20)) as server:
        assert (await refusal(Caller(server, platform))).kind is RefusalKind.WINDOW_TOO_WIDE


@pytest.mark.parametrize("platform", NOT_1688, ids=str)
async def test_what_is_too_long_ago_is_refused(platform: Platform) -> None:
    async with quiet(platform) as server:
        old = Question(NOW - timedelta(days=95), NOW - timedelta(days=95, minutes=-10))
        assert (await refusal(Caller(server, platform), old)).kind is RefusalKind.TOO_OLD


@pytest.mark.parametrize("platform", list(Platform), ids=str)
async def test_a_page_too_large_is_refused(platform: Platform) -> None:
    async with quiet(platform) as server:
        caller = Caller(server, platform)
        method = methods_of(platform)[0]
        greedy = replace(method, figures=replace(method.figures, page_size=501))
        answer = await caller.ask(greedy, question_of(method))
        assert isinstance(answer, ApiRefusal)
        assert answer.kind not in PASSING
        assert server.desks[platform].refused


@pytest.mark.parametrize("platform", list(Platform), ids=str)
async def test_every_parameter_is_missed(platform: Platform) -> None:
    """Ours are all looked at: without any one of them the answer is a refusal or another page."""
    async with quiet(platform) as server:
        caller = Caller(server, platform)
        method = methods_of(platform)[0]
        call = method.call(caller.keys, question_of(method), NOW, server.address(platform))
        address, _, query = call.address.partition("?")
        for name in dict(parse_qsl(query or call.body.decode())):
            left = without(call, address, query, name)
            answer = await caller.send(method, left, question_of(method))
            assert isinstance(answer, ApiRefusal), name
            assert answer.kind is not RefusalKind.BROKEN, name


def without(call: HttpCall, address: str, query: str, name: str) -> HttpCall:
    text = query or call.body.decode()
    kept = "&".join(pair for pair in text.split("&") if not pair.startswith(f"{name}="))
    if query:
        return replace(call, address=f"{address}?{kept}")
    return replace(call, body=kept.encode())


async def test_a_connection_may_end_without_an_answer() -> None:
    async with quiet(Platform.TAOBAO, dropped=1.0) as server:
        caller = Caller(server, Platform.TAOBAO)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await refusal(caller)


async def test_pages_of_jd_shift_when_a_line_changes_meanwhile() -> None:
    """Why a window that does not fit one page is not to be trusted (`pages_shift`)."""
    (method,) = methods_of(Platform.JD)
    small = replace(method, figures=replace(method.figures, page_size=10))
    async with PlatformServer({"jd": 500}, faults=Faults(tick=timedelta(0)), days=1) as server:
        caller = Caller(server, Platform.JD)
        question = Question(NOW - timedelta(hours=1), NOW)
        before = await caller.ask(small, question)
        assert isinstance(before, Page)
        assert before.cursor == "2"
        server.move(timedelta(hours=1))
        book = server.desks["jd"].book
        sale = book.between(lambda sale: sale.noted, question.start, question.end)[0]
        book.take_out(sale)
        sale.noted = server.now
        book.put_in(sale)
        after = await caller.ask(small, replace(question, cursor="2"))
        again = await caller.ask(small, question)

    assert isinstance(after, Page)
    assert isinstance(again, Page)
    seen = {each.order.key for page in (before, after) for each in page.statements}
    assert {each.order.key for each in again.statements} - seen != set()


async def test_the_date_of_an_answer_is_the_platforms_own() -> None:
    async with quiet(Platform.JD, skew=timedelta(minutes=3)) as server:
        address = server.address("jd")
        async with aiohttp.ClientSession() as session, session.post(address) as answer:
            assert answer.headers["Date"] == "Sun, 20 Sep 2026 06:03:01 GMT"
            assert "error_response" in json.loads(await answer.text())
            async with session.post(address.replace("/jd/", "/amazon/")) as elsewhere:
                assert elsewhere.status == 404


def test_the_same_seed_sells_the_same() -> None:
    first, second, third = (PlatformServer({"1688": 50}, seed=seed) for seed in (1, 1, 2))

    assert first.truth("1688") == second.truth("1688") != third.truth("1688")
