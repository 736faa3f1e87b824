"""The page Orders: what is found, what an order's page shows, and that each look is recorded."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text

from bot.console import order_search
from bot.console.order_search import Search, search_orders
from bot.desk.facts import Dialogue
from bot.store.audit import AuditEntry, Filter, audit_entries
from bot.store.creators import add_creator, make_binding_code
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.people import Acquaintance, bind, remember
from bot.store.staff import StaffRole
from bot.store.transactions import reads
from settlement.diagnosis import State
from settlement.model import Order, Platform
from settlement.rulebook import shipped_rulebook
from tests.console.conftest import NOW, Console

Import = Callable[..., int]
LINE = Order(
    platform=Platform.ALIBABA_1688,
    order_number="202607310001",
    item="316不锈钢保温杯",
    created_at=datetime(2026, 7, 29, tzinfo=UTC),
    received_at=datetime(2026, 7, 31, 10, tzinfo=UTC),
    paid_amount=Decimal("100.00"),
    commission_rate=Decimal("0.10"),
    refunds=(),
)


@pytest.fixture
def import_orders(engine: Engine) -> Import:
    """Import orders for a creator, by name; gives the creator."""

    def run(creator: str, *orders: Order, file: str = "七月.csv") -> int:
        with engine.begin() as connection:
            owner = add_creator(connection, creator, NOW)
        report = ReportImport(engine, file, "hash", NOW)
        report.add([OwnedOrder(owner, order) for order in orders])
        report.publish(refused=0)
        return owner

    return run


def recorded(console: Console, kind: str) -> list[AuditEntry]:
    with console.engine.connect() as connection:
        return audit_entries(connection, Filter(kind=kind), 99)


async def test_orders_are_found_by_number_creator_platform_month_and_state(
    console: Console, import_orders: Import
) -> None:
    import_orders("小林", LINE, replace(LINE, order_number="7", sub_order_number="71"))
    jd = Order(platform=Platform.JD, order_number="8", created_at=datetime(2026, 9, 1, tzinfo=UTC))
    import_orders("阿泽", jd)
    browser = console.browser(StaffRole.AGENT)

    async def found(asked: str) -> list[str]:
        answer = await browser.get(f"/console/orders{asked}")
        assert answer.status == 200
        return re.findall(r'/console/orders/\d+"><code>(\d+)</code>', answer.text)

    assert await found("") == ["8", "7", "202607310001"]
    assert await found("?number=20260731%200001") == ["202607310001"]
    assert await found("?number=71") == ["7"]
    assert await found("?number=2026073") == []
    assert await found("?creator=小林") == ["7", "202607310001"]
    assert await found("?platform=jd") == ["8"]
    assert await found("?first=2026-07&last=2026-08") == ["7", "202607310001"]
    assert await found("?first=2026-09") == ["8"]
    assert await found("?creator=小林&first=2026-09") == []
    assert await found("?state=wait_payout") == []
    assert await found("?state=wait_complete") == ["8"]
    assert await found("?first=9999-99&last=x&platform=x&state=x&begin=~~") == [
        *("8", "7", "202607310001")
    ]
    similar = await browser.get("/console/orders?creator=小")
    assert "没有叫“小”的达人" in similar.words
    assert "小林" in similar.words
    [first, *_] = reversed(recorded(console, "orders_listed"))
    assert (first.user, first.detail) == (9002, {"by": [], "rows": [3, 2, 1]})
    assert not any("2026073" in str(entry) for entry in recorded(console, "orders_listed"))


async def test_an_orders_page_shows_all_that_is_known_of_it(
    console: Console, import_orders: Import
) -> None:
    import_orders("小林", LINE)
    owner = import_orders("小林", replace(LINE, shop="一号店"), file="八月.csv")
    with console.engine.begin() as connection:
        remember(connection, [Acquaintance(7, 7, "林林", "zh", Dialogue())], NOW)
        bind(connection, 7, make_binding_code(connection, owner, NOW), NOW)
    page = await console.browser(StaffRole.AGENT).get("/console/orders/1")
    assert page.status == 200
    for words in (
        *("202607310001", "小林", "316不锈钢保温杯", "¥10.00", "佣金 = ¥100.00 × 10%"),
        *("S1688-15", "2026年9月15日", "一号店", "八月.csv", "七月.csv", "林林", "能看到"),
    ):
        assert words in page.words, words
    assert "<svg" in page.text
    [seen] = recorded(console, "order_seen")
    assert (seen.user, seen.about) == (9002, "order:1")
    english = await console.browser(StaffRole.AGENT, "en").get("/console/orders/1")
    assert "As the creator sees it" in english.words
    assert "Who else sees it" in english.words
    traditional = await console.browser(StaffRole.AGENT).get("/console/orders/1?card=zh-hant")
    assert "1688" in traditional.words
    assert len(recorded(console, "order_seen")) == 3


async def test_an_order_is_shown_to_agents_alone_and_none_that_is_not_there(
    console: Console, import_orders: Import
) -> None:
    import_orders("小林", LINE)
    assert (await console.stranger().get("/console/orders/1")).status == 303
    refused = await console.browser(StaffRole.VIEWER).get("/console/orders/1")
    assert refused.status == 403
    assert "202607310001" not in refused.text
    missing = await console.browser(StaffRole.AGENT).get("/console/orders/99")
    assert missing.status == 404
    assert recorded(console, "order_seen") == []


async def test_what_cannot_be_read_is_said(console: Console, import_orders: Import) -> None:
    import_orders("小林", LINE)
    with console.engine.begin() as connection:
        connection.execute(text('UPDATE order_facts SET facts = \'{"platform": "jd"}\''))
    browser = console.browser(StaffRole.AGENT)
    assert "读不出" in (await browser.get("/console/orders")).words
    assert "请重新导入它的报表" in (await browser.get("/console/orders/1")).words


@pytest.fixture
def small_pages() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order_search, "SHOWN", 2)
        patch.setattr(order_search, "AT_ONCE", 3)
        patch.setattr(order_search, "LOOKED_AT", 4)
        patch.setattr(order_search, "DEAR", 1)
        patch.setattr(order_search, "CREATORS_AT_ONCE", 2)
        yield


@pytest.mark.parametrize(
    "search",
    [
        Search(),
        Search(platform=Platform.ALIBABA_1688),
        Search(first=datetime(2026, 7, 1, tzinfo=UTC).date()),
        Search(creator=2),
        Search(state=State.WITHDRAWABLE),
        Search(state=State.PAID),
    ],
    ids=str,
)
def test_pages_together_show_each_line_once(
    engine: Engine, import_orders: Import, small_pages: None, search: Search
) -> None:
    wanted = []
    for name in "一二三四五":
        orders = [
            replace(LINE, order_number=f"{name}{n}", created_at=NOW - timedelta(days=n % 3))
            for n in range(5)
        ]
        owner = import_orders(name, *orders)
        wanted += [order.order_number for order in orders if search.creator in (None, owner)]
    found: list[str] = []
    begins = []
    with reads(engine) as connection:
        while True:
            page = search_orders(connection, search, shipped_rulebook(), NOW)
            assert page.looked_at <= 4
            found += [each.line.order_number for each in page.lines]
            begins.append(page.onward)
            if not page.onward:
                break
            search = replace(search, begin=page.onward)
    assert len(begins) == len(set(begins))
    assert sorted(found) == sorted(wanted if search.state is not State.PAID else [])
