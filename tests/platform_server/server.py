"""The platforms' order interfaces on one port of this machine, in the process of the test."""

import asyncio
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import ModuleType
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import web

from tests.platform_server import alibaba1688, douyin, jd, kuaishou, pinduoduo, taobao
from tests.platform_server.asked import Asked, Keys, No
from tests.platform_server.book import Book
from tests.platform_server.faults import Faults
from tests.platform_server.sales import SHANGHAI, ledger, new_sale

NOW = datetime(2026, 9, 20, 14, 0, tzinfo=SHANGHAI)
PLATFORMS: Mapping[str, ModuleType] = {
    "jd": jd,
    "taobao": taobao,
    "douyin": douyin,
    "1688": alibaba1688,
    "pinduoduo": pinduoduo,
    "kuaishou": kuaishou,
}
ADDRESSES = {
    "jd": "/jd/routerjson",
    "taobao": "/taobao/router/rest",
    "douyin": "/douyin",
    "1688": "/1688/openapi",
    "pinduoduo": "/pinduoduo/api/router",
    "kuaishou": "/kuaishou",
}
DIGITS = {"jd": 12, "pinduoduo": 15, "kuaishou": 16}
THROTTLED = {
    "jd": No("2", "限制时间内调用失败次数"),
    "taobao": No("7", "App Call Limited", "accesscontrol.limited-by-api-access-count"),
    "douyin": No("60000", "超过限流限制"),
    "1688": No("gw.QosAppFrequencyLimit", "App frequency limit"),
    "pinduoduo": No("70031", "调用过于频繁，请调整调用频率"),
    "kuaishou": No("1016", "请求过于频繁，已被限流"),
}


@dataclass
class Desk:
    """One platform's part of the server."""

    name: str
    book: Book
    faults: Faults
    chance: random.Random
    token: str = "token-1"  # noqa: S105
    taken: str = "token-1"
    """The token the platform takes now."""
    calls: int = 0
    answered: int = 0
    refused: list[No] = field(default_factory=list)
    """What was refused for good cause, in the platform's words: not the faults."""
    changed: int = 0
    added: int = 0


class PlatformServer:
    """Serves what platforms sold until `now`; more happens as it is asked.

    Use as an asynchronous context manager; `address(platform)` is what a gateway setting takes.
    """

    def __init__(
        self,
        counts: Mapping[str, int],
        *,
        seed: int = 1,
        faults: Faults | None = None,
        now: datetime = NOW,
        days: int = 60,
        keys: Keys | None = None,
    ) -> None:
        self.now = now
        self.keys = keys or Keys()
        self.seed = seed
        self.desks: dict[str, Desk] = {}
        for name, count in counts.items():
            start = now - timedelta(days=days)
            book = Book(ledger(count, seed, start, now, DIGITS.get(name, 19)))
            book.narrow = (faults or Faults()).narrow
            chance = random.Random(f"{seed}-{name}")  # noqa: S311
            self.desks[name] = Desk(name, book, faults or Faults(), chance)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**20)
        for verb in ("GET", "POST"):
            app.router.add_route(verb, "/{platform}/{rest:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def address(self, platform: str) -> str:
        """The gateway's address."""
        return f"http://127.0.0.1:{self._port}{ADDRESSES[platform]}"

    def truth(self, platform: str) -> dict[str, dict[str, Any]]:
        """What must be known of each line, by its key, as the platform has it now."""
        render = PLATFORMS[platform]
        return dict(render.truth(sale) for sale in self.desks[platform].book.sales.values())

    def creators(self, platform: str) -> dict[str, int]:
        """Whose each line is: the number of the creator, by the line's key."""
        render = PLATFORMS[platform]
        sales = self.desks[platform].book.sales.values()
        return {render.truth(sale)[0]: sale.creator for sale in sales}

    def renew_token(self, platform: str) -> str:
        """What authorising the application anew gives."""
        desk = self.desks[platform]
        desk.token = desk.taken
        return desk.token

    def move(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span

    def change(self, platform: str, count: int, *, late: float = 0.0) -> None:
        """Let sales move on, a share of them noted hours ago."""
        desk = self.desks[platform]
        for _ in range(count):
            sale = desk.book.sales[desk.chance.choice(desk.book.orders)]
            desk.book.take_out(sale)
            sale.advance(self._noted(desk, late), desk.chance)
            desk.book.put_in(sale)
            desk.changed += 1

    def sell(self, platform: str, count: int, *, late: float = 0.0) -> None:
        """Let new sales appear, a share of them noted hours ago."""
        desk = self.desks[platform]
        for _ in range(count):
            at = self._noted(desk, late)
            number = 10**7 + desk.added
            sale = new_sale(number, self.seed, at, desk.chance, DIGITS.get(platform, 19))
            desk.book.put_in(sale)
            desk.added += 1

    def _noted(self, desk: Desk, late: float) -> datetime:
        if desk.chance.random() < late:
            before = timedelta(seconds=desk.chance.randrange(900, 4 * 3600))
            return (self.now - before).replace(microsecond=0)
        return self.now.replace(microsecond=0)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["platform"]
        desk = self.desks.get(name)
        if desk is None:
            return web.Response(status=404, text="no such platform")
        body = (await request.read()).decode("utf-8")
        self._live(desk)
        headers = {"Date": format_datetime(self._clock(desk).astimezone(UTC), usegmt=True)}
        if desk.chance.random() < desk.faults.slow:
            await asyncio.sleep(desk.faults.slow_seconds)
        if desk.chance.random() < desk.faults.dropped and request.transport:
            request.transport.close()
        if failed := self._failed(desk, headers):
            return failed
        form = dict(parse_qsl(body, keep_blank_values=True)) if _is_form(request) else {}
        asked = Asked(request.match_info["rest"], dict(request.query), body, form)
        return self._answered(desk, asked, headers)

    def _answered(self, desk: Desk, asked: Asked, headers: dict[str, str]) -> web.Response:
        render, status = PLATFORMS[desk.name], 200
        try:
            document = render.answer(asked, self.keys, desk.taken, desk.book, self._clock(desk))
            desk.answered += 1
        except No as no:
            desk.refused.append(no)
            document = render.refused(no)
            status = render.status_of(no) if hasattr(render, "status_of") else 200
        text = json.dumps(document, ensure_ascii=False)
        if desk.chance.random() < desk.faults.cut:
            text = text[: len(text) // 2]
        return web.Response(
            text=text, content_type="application/json", headers=headers, status=status
        )

    def _clock(self, desk: Desk) -> datetime:
        return self.now + desk.faults.skew

    def _live(self, desk: Desk) -> None:
        """Let happen what happens while one is asked."""
        faults = desk.faults
        desk.calls += 1
        self.now += faults.tick
        if faults.expires_after is not None and desk.calls == faults.expires_after:
            desk.taken = f"token-{desk.calls}"
        changes = min(_times(faults.changes_per_call, desk), faults.changes_at_most - desk.changed)
        self.change(desk.name, max(0, changes), late=faults.late)
        sales = min(_times(faults.sales_per_call, desk), faults.sales_at_most - desk.added)
        self.sell(desk.name, max(0, sales), late=faults.late)

    def _failed(self, desk: Desk, headers: dict[str, str]) -> web.Response | None:
        faults, dice = desk.faults, desk.chance.random()
        if dice < faults.broken:
            status = desk.chance.choice((500, 502, 503))
            return web.Response(status=status, text="<html>busy</html>", headers=headers)
        if dice < faults.broken + faults.throttled:
            if desk.chance.random() < 0.5:
                return web.Response(status=429, headers=headers | {"Retry-After": "1"})
            document = PLATFORMS[desk.name].refused(THROTTLED[desk.name])
            return web.json_response(document, headers=headers)
        return None


def _times(rate: float, desk: Desk) -> int:
    whole = int(rate)
    return whole + (desk.chance.random() < rate - whole)


def _is_form(request: web.Request) -> bool:
    return request.content_type == "application/x-www-form-urlencoded"
