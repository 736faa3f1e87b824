"""Lines of one order from reports that call it differently: one line, found by every number."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine

from bot.store.lines import find_lines
from bot.store.reports import Imported, import_report
from settlement.contract import order_json
from settlement.reports import Report, read_report
from tests.store.conftest import Bind

PARENT, CHILD = "1876057285106350796", "1876057285107350796"
BY_CLICK = (
    "点击时间,淘宝子订单号,订单状态,付款金额,付款预估收入\n"
    f"2026/08/02 10:00:00,{CHILD},已付款,10.00,1.00\n"
    f"2026/08/02 10:00:00,{CHILD},已付款,5.00,0.50\n"
)
ORDERS = (
    "淘宝订单编号,淘宝子订单号,订单状态,付款金额,付款预估收入\n"
    f"{PARENT},{CHILD},已付款,15.00,1.50\n"
)
MERCHANT = (
    "淘宝父订单编号,淘宝子订单编号,实际成交价格,佣金,淘客结算时间\n"
    f"{PARENT},{CHILD},12.00,6.00,2026-08-09 08:00:00\n"
)
DISPUTES = f"淘宝子订单编号,维权状态,维权退款金额,应返商家金额\n{CHILD},维权成功,3.00,0.30\n"


@pytest.fixture
def take_in(engine: Engine, now: datetime, bind_person: Bind) -> Callable[[str], Imported]:
    """Import a report of person 7's creator."""
    creator = bind_person(7, "小雅")

    def run(text: str) -> Imported:
        report = read_report(text.encode(), "报表.csv")
        assert isinstance(report, Report), report
        return import_report(engine, report, str(hash(text)), now, creator=creator)

    return run


@pytest.mark.parametrize("texts", [(BY_CLICK, ORDERS), (ORDERS, BY_CLICK)])
def test_a_line_is_found_by_its_order_whichever_report_came_first(
    engine: Engine, take_in: Callable[[str], Imported], texts: tuple[str, str]
) -> None:
    for text in texts:
        assert take_in(text).refused == 0
    with engine.begin() as connection:
        for number in (PARENT, CHILD):
            (found,) = find_lines(connection, [7], [number], [])
            assert found.line.order.order_number == PARENT
            assert found.line.order.sub_order_number == CHILD


def test_what_a_merchant_or_a_dispute_says_is_added_to_what_is_known(
    engine: Engine, take_in: Callable[[str], Imported]
) -> None:
    imported = [take_in(text) for text in (ORDERS, MERCHANT, DISPUTES)]
    assert [(each.new, each.changed, each.refused) for each in imported] == [
        (1, 0, 0),
        (0, 1, 0),
        (0, 1, 0),
    ]
    with engine.begin() as connection:
        (found,) = find_lines(connection, [7], [PARENT], [])
    assert order_json(found.line.order) == {
        "platform": "taobao",
        "order_number": PARENT,
        "sub_order_number": CHILD,
        "raw_status": {"code": "12", "text": "已付款", "rights": "2"},
        "settled_at": "2026-08-09T08:00:00+08:00",
        "paid_amount": "15.00",
        "settled_base": "12.00",
        "estimated_commission": "1.50",
        "balance_changes": [{"amount": "-0.30"}],
        "refunds": [{"amount": "3.00"}],
    }
