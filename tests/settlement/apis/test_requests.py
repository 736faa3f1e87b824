"""Requests as the platforms want them: parameters, signatures, pages, Shanghai's clock."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from settlement.apis import ApiMethod, Credentials, HttpCall
from settlement.platforms.alibaba1688 import api as alibaba1688
from settlement.platforms.douyin import api as douyin
from settlement.platforms.jd import api as jd
from settlement.platforms.kuaishou import api as kuaishou
from settlement.platforms.pinduoduo import api as pinduoduo
from settlement.platforms.taobao import api as taobao
from tests.settlement.apis.cases import BY_NAME, KEYS, QUESTION, START

NOW = datetime(2026, 8, 20, 3, 0, 59, 999_999, tzinfo=UTC)
"""11:00:59 in Shanghai."""


def form(call: HttpCall) -> dict[str, str]:
    assert call.verb == "POST"
    assert call.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    return dict(parse_qsl(call.body.decode(), keep_blank_values=True))


def signed_by(
    sent: Mapping[str, str], sign: Callable[[Mapping[str, str], str], str]
) -> dict[str, str]:
    """What was signed, once the signature is found right."""
    signed = {name: value for name, value in sent.items() if name != "sign"}
    assert sent["sign"] == sign(signed, KEYS.app_secret)
    return signed


def ask(name: str, **changes: Any) -> HttpCall:
    return BY_NAME[name].call(KEYS, replace(QUESTION, **changes), NOW)


def test_jd_is_asked_by_update_time_on_shanghais_clock() -> None:
    sent = form(ask(jd.ORDERS, cursor="3"))

    assert ask(jd.ORDERS).address == "https://api.jd.com/routerjson"
    inside = sent["360buy_param_json"]
    assert signed_by(sent, jd.sign) == {
        "method": "jd.union.open.order.row.query",
        "app_key": "the-key",
        "access_token": "the-token",
        "timestamp": "2026-08-20 11:00:59",
        "format": "json",
        "v": "1.0",
        "sign_method": "md5",
        "360buy_param_json": inside,
    }
    assert json.loads(sent["360buy_param_json"]) == {
        "orderReq": {
            "pageIndex": 3,
            "pageSize": 500,
            "type": 3,
            "startTime": "2026-08-20 10:00:00",
            "endTime": "2026-08-20 11:00:00",
            "fields": "goodsInfo",
            "key": "the-union-key",
        }
    }


def test_what_the_operator_has_not_is_not_sent() -> None:
    sent = form(BY_NAME[jd.ORDERS].call(Credentials("key", "secret"), QUESTION, NOW))

    assert "access_token" not in sent
    assert "key" not in json.loads(sent["360buy_param_json"])["orderReq"]


@pytest.mark.parametrize("method", BY_NAME.values(), ids=lambda method: str(method.name))
def test_no_token_is_an_empty_one_at_most(method: ApiMethod) -> None:
    call = method.call(Credentials("key", "secret"), QUESTION, NOW)
    text = urlsplit(call.address).query or call.body.decode()

    sent = dict(parse_qsl(text, keep_blank_values=True))
    assert sent.get("access_token", "") == ""
    assert sent.get("session", "") == ""


def test_another_gateway_is_asked_where_one_is_set() -> None:
    call = BY_NAME[jd.ORDERS].call(KEYS, QUESTION, NOW, "http://127.0.0.1:1/jd")

    assert call.address == "http://127.0.0.1:1/jd"


def test_taobao_goes_on_from_the_position_of_the_page_before() -> None:
    first, second = form(ask(taobao.ORDERS)), form(ask(taobao.ORDERS, cursor="2|7_8"))

    assert signed_by(first, taobao.sign) == {
        "method": "taobao.tbk.order.details.get",
        "app_key": "the-key",
        "session": "the-token",
        "timestamp": "2026-08-20 11:00:59",
        "format": "json",
        "v": "2.0",
        "sign_method": "md5",
        "page_no": "1",
        "page_size": "100",
        "query_type": "4",
        "start_time": "2026-08-20 10:00:00",
        "end_time": "2026-08-20 11:00:00",
        "order_scene": "1",
    }
    assert (second["page_no"], second["position_index"], second["jump_type"]) == ("2", "7_8", "1")


def test_refunds_are_asked_for_in_one_parameter() -> None:
    sent = form(ask(taobao.REFUNDS, cursor="2|78"))

    assert json.loads(sent["publisher_refund_order_query_option"]) == {
        "page_no": 2,
        "page_size": 100,
        "position_index": "78",
        "jump_type": 1,
        "query_type": 5,
        "start_time": "2026-08-20 10:00:00",
        "end_time": "2026-08-20 11:00:00",
        "order_scene": 1,
        "member_type": 4,
    }


@pytest.mark.parametrize(
    ("span", "days"), [(timedelta(0), 1), (timedelta(hours=25), 2), (timedelta(days=30), 30)]
)
def test_punished_orders_are_asked_for_by_days(span: timedelta, days: int) -> None:
    sent = form(ask(taobao.PUNISHED, end=START + span, cursor="2"))

    asked = json.loads(sent["af_order_option"])
    assert asked == {
        "start_time": "2026-08-20 10:00:00",
        "span": days,
        "page_no": 2,
        "page_size": 50,
    }


def test_douyin_is_asked_with_a_signed_body() -> None:
    call = ask(douyin.ORDERS)

    address = urlsplit(call.address)
    query = dict(parse_qsl(address.query))
    assert address.path == "/buyin/instituteOrderMCN"
    assert query | {"sign": ""} == {
        "app_key": "the-key",
        "method": "buyin.instituteOrderMCN",
        "access_token": "the-token",
        "timestamp": "2026-08-20 11:00:59",
        "v": "2",
        "sign_method": "hmac-sha256",
        "sign": "",
    }
    assert call.headers == {"Content-Type": "application/json;charset=utf-8"}
    assert call.body == (
        b'{"cursor":"0","end_time":"2026-08-20 11:00:00","size":200,'
        b'"start_time":"2026-08-20 10:00:00","time_type":"update"}'
    )
    assert query["sign"] == douyin.sign(
        KEYS.app_key, douyin.ORDERS, call.body.decode(), query["timestamp"], "2", KEYS.app_secret
    )
    assert b'"cursor":"200"' in ask(douyin.ORDERS, cursor="200").body


def test_1688_is_asked_for_whole_days_by_the_time_of_each_event() -> None:
    call = ask("alibaba.cps.tradeBillList#rightsEndTime", cursor="4")

    sent = form(call)
    path = "param2/1/com.alibaba.p4p/alibaba.cps.tradeBillList/the-key"
    assert call.address == f"https://gw.open.1688.com/openapi/{path}"
    signed = {name: value for name, value in sent.items() if name != "_aop_signature"}
    assert signed == {
        "access_token": "the-token",
        "pageNo": "4",
        "pageSize": "100",
        "queryOrderType": "orderAll",
        "queryTimeType": "rightsEndTime",
        "queryStartTime": "2026-08-20",
        "queryEndTime": "2026-08-20",
    }
    assert sent["_aop_signature"] == alibaba1688.sign(path, signed, KEYS.app_secret)


def test_1688s_bills_have_no_span() -> None:
    sent = form(ask(alibaba1688.BILLS))

    assert sent.keys() == {"access_token", "pageNo", "pageSize", "_aop_signature"}


def test_pinduoduo_is_asked_in_seconds() -> None:
    sent = form(ask("pdd.ddk.order.list.increment.get"))

    assert signed_by(sent, pinduoduo.sign) == {
        "type": "pdd.ddk.order.list.increment.get",
        "client_id": "the-key",
        "access_token": "the-token",
        "timestamp": str(int(NOW.timestamp())),
        "data_type": "JSON",
        "version": "V1",
        "start_update_time": str(int(START.timestamp())),
        "end_update_time": str(int(START.timestamp()) + 3600),
        "query_order_type": "1",
        "return_count": "true",
        "page": "1",
        "page_size": "50",
    }


def test_kuaishou_is_asked_by_a_signed_address_the_oldest_change_first() -> None:
    call = ask(kuaishou.ORDERS, cursor="7-8")

    address = urlsplit(call.address)
    query = dict(parse_qsl(address.query))
    assert call.verb == "GET"
    assert call.body == b""
    assert address.path == "/open/distribution/cps/distributor/order/cursor/list"
    assert json.loads(query["param"]) == {
        "cpsOrderStatus": 0,
        "pageSize": 100,
        "sortType": 2,
        "queryType": 2,
        "beginTime": int(START.timestamp()) * 1000,
        "endTime": (int(START.timestamp()) + 3600) * 1000,
        "pcursor": "7-8",
    }
    signed = {name: value for name, value in query.items() if name != "sign"}
    assert signed | {"param": ""} == {
        "appkey": "the-key",
        "version": "1",
        "method": kuaishou.ORDERS,
        "timestamp": str(int(NOW.timestamp()) * 1000),
        "access_token": "the-token",
        "signMethod": "MD5",
        "param": "",
    }
    assert query["sign"] == kuaishou.sign(signed, "the-sign-secret")


def test_kuaishous_first_page_has_an_empty_cursor_and_no_secret_signs_as_an_empty_one() -> None:
    call = BY_NAME[kuaishou.ORDERS].call(replace(KEYS, sign_secret=None), QUESTION, NOW)

    assert "the-sign-secret" not in call.address
    query = dict(parse_qsl(urlsplit(call.address).query))
    assert json.loads(query["param"])["pcursor"] == ""
    signed = {name: value for name, value in query.items() if name != "sign"}
    assert query["sign"] == kuaishou.sign(signed, "")


def test_what_is_not_ascii_is_sent_as_it_stands() -> None:
    assert '"cursor":"下一页"'.encode() in ask(douyin.ORDERS, cursor="下一页").body


def test_nothing_secret_shows() -> None:
    by_address, by_form = ask(kuaishou.ORDERS), ask(jd.ORDERS)
    assert "the-token" in by_address.address
    assert b"the-token" in by_form.body

    for shown in (repr(KEYS), repr(by_address), repr(by_form)):
        for secret in ("the-key", "the-secret", "the-token", "the-union-key", "the-sign-secret"):
            assert secret not in shown
