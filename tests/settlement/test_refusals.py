"""What the contract refuses, in whole sentences: what is wrong, and what to write instead."""

import math

import pytest

from settlement.contract import OrderError, read_order
from settlement.model import Order, Platform

BARE: dict[str, object] = {"platform": "jd", "order_number": "310000000001"}
LARGEST = 1_000_000_000
NO_PLATFORM = f"不认识；可以写 {'、'.join(Platform)}"
NO_NUMBER = "不是订单号；请写 1 到 100 个字符，两端不留空格"
NUMBER_AS_TEXT = "订单号要写成文本；请加引号，写成数字会丢位数"
NO_TEXT = "不是文本；请加引号"
DAMAGED = "文本里有损坏的字符；请从来源重新复制"
AMOUNT_AS_TEXT = '不是金额；请写成文本 "12.30"'
NO_AMOUNT = '不是金额；请写成元，如 "12.30"，最多 12 位整数'
THREE_PLACES = '超过两位小数；请写成元，如 "12.30"'
NEGATIVE = "是负数；只有 balance_changes 可以为负"
RATE_AS_TEXT = '不是比例；请写成文本 "0.05"'
NO_RATE = '不是比例；5% 请写成 "0.05"'
RATE_TOO_LARGE = '不在 0 到 1 之间；5% 请写成 "0.05"'
NO_COUNT = "不是数量；请写 0 到 1000000000"
NO_WHOLE = "不是整数；请写成 2 这样，不加引号"
NO_INSTANT = '不是 2000 到 2099 年的时间；请写成 "2026-07-31T10:00:00+08:00"'
NO_DAY = '不是 2000 到 2099 年的日期；请写成 "2026-07-31"'


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("platform", None, "缺少 platform；每个订单都要有"),
        ("order_number", None, "缺少 order_number；每个订单都要有"),
        ("platform", "amazon", f"“amazon”{NO_PLATFORM}"),
        ("platform", "a" * 40, f"“{'a' * 40}”{NO_PLATFORM}"),
        ("platform", "a" * 41, f"“{'a' * 40}…”{NO_PLATFORM}"),
        ("platform", "\ud800", f"“�”{NO_PLATFORM}"),
        ("order_number", 310000000001, NUMBER_AS_TEXT),
        ("order_number", 3.1e17, NUMBER_AS_TEXT),
        ("order_number", " 31", f"“ 31”{NO_NUMBER}"),
        ("order_number", "", f"“”{NO_NUMBER}"),
        ("order_number", "3\n1", f"“3�1”{NO_NUMBER}"),
        ("order_number", "3" * 101, f"“{'3' * 40}…”{NO_NUMBER}"),
        ("paid_amount", 12.3, f"12.3 {AMOUNT_AS_TEXT}"),
        ("paid_amount", 12, f"12 {AMOUNT_AS_TEXT}"),
        ("paid_amount", 10**18 - 1, f"999999999999999999 {AMOUNT_AS_TEXT}"),
        ("paid_amount", 10**18, f"这个数太大，{AMOUNT_AS_TEXT}"),
        ("paid_amount", math.nan, f"nan {AMOUNT_AS_TEXT}"),
        ("paid_amount", [], f"这里{AMOUNT_AS_TEXT}"),
        ("paid_amount", "NaN", f"“NaN”{NO_AMOUNT}"),
        ("paid_amount", "", "空文本不是金额；不知道就写 null"),
        ("paid_amount", "-1.00", f"“-1.00”{NEGATIVE}"),
        ("paid_amount", "1.005", f"“1.005”{THREE_PLACES}"),
        ("paid_amount", "1,000.00", f"“1,000.00”{NO_AMOUNT}"),
        ("paid_amount", "1e3", f"“1e3”{NO_AMOUNT}"),
        ("paid_amount", "１２", f"“１２”{NO_AMOUNT}"),
        ("paid_amount", "1" * 13, f"“{'1' * 13}”{NO_AMOUNT}"),
        ("commission_rate", 0.05, f"0.05 {RATE_AS_TEXT}"),
        ("commission_rate", "5", f"5 {RATE_TOO_LARGE}"),
        ("commission_rate", "1.0001", f"1.0001 {RATE_TOO_LARGE}"),
        ("commission_rate", "5%", f"“5%”{NO_RATE}"),
        ("commission_rate", "-0.1", f"“-0.1”{NO_RATE}"),
        ("commission_rate", "", f"“”{NO_RATE}"),
        ("quantity", -1, f"-1 {NO_COUNT}"),
        ("quantity", LARGEST + 1, f"1000000001 {NO_COUNT}"),
        ("quantity", 10**4000, f"这个数太大，{NO_COUNT}"),
        ("quantity", "1", f"“1”{NO_WHOLE}"),
        ("quantity", True, f"true {NO_WHOLE}"),
        ("shipped", "yes", "“yes”不是真假值；请写 true 或 false"),
        ("shop", 7, f"7 {NO_TEXT}"),
        ("shop", "\ud800", DAMAGED),
        ("shop", "a\x00", DAMAGED),
        ("shop", [], f"这里{NO_TEXT}"),
        ("created_at", "2026-13-01", f"“2026-13-01”{NO_INSTANT}"),
        ("created_at", "1999-12-31T23:59:59", f"“1999-12-31T23:59:59”{NO_INSTANT}"),
        ("created_at", "2100-01-01", f"“2100-01-01”{NO_INSTANT}"),
        ("created_at", "2026-W01-1", f"“2026-W01-1”{NO_INSTANT}"),
        ("created_at", "20260101", f"“20260101”{NO_INSTANT}"),
        ("created_at", "2026-01-01x10:00:00", f"“2026-01-01x10:00:00”{NO_INSTANT}"),
        ("created_at", 1767225600, f"1767225600 {NO_INSTANT}"),
        ("created_at", "", f"“”{NO_INSTANT}"),
        ("platform_settles_on", "2026/09/20", f"“2026/09/20”{NO_DAY}"),
        ("platform_settles_on", "2026-09-20T", f"“2026-09-20T”{NO_INSTANT}"),
        ("platform_settles_on", "2026-09-20T25:00:00", f"“2026-09-20T25:00:00”{NO_INSTANT}"),
        ("channel", "", "“”不认识；可以写 taobaoke、kol"),
        ("channel", ["kol"], "这里不认识；可以写 taobaoke、kol"),
        ("refunds", {}, "这里要写一个列表 […]"),
        ("raw_status", [], "这里要写一个对象 {…}"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_remedy(
    member: str, value: object, message: str
) -> None:
    assert read_order({**BARE, member: value}) == OrderError(member, message)


@pytest.mark.parametrize(
    ("member", "value", "field", "message"),
    [
        ("refunds", [None], "refunds[0]", "这里要写一个对象 {…}"),
        ("refunds", [{}, {"amount": 5}], "refunds[1].amount", f"5 {AMOUNT_AS_TEXT}"),
        ("raw_status", {"code": 1.5}, "raw_status.code", f"1.5 {NO_TEXT}"),
        ("raw_status", {"code": True}, "raw_status.code", f"true {NO_TEXT}"),
        ("raw_status", {"code": LARGEST + 1}, "raw_status.code", f"1000000001 {NO_TEXT}"),
        ("balance_changes", [{"amount": "-x"}], "balance_changes[0].amount", f"“x”{NO_AMOUNT}"),
    ],
)
def test_what_is_inside_is_named_by_its_path(
    member: str, value: object, field: str, message: str
) -> None:
    assert read_order({**BARE, member: value}) == OrderError(field, message)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("order_number", "3" * 100),
        ("shop", "长" * 50),
        ("quantity", 0),
        ("quantity", LARGEST),
        ("raw_status", {"code": LARGEST}),
        ("raw_status", {"code": -LARGEST}),
        ("paid_amount", "999999999999.99"),
        ("commission_rate", "1"),
        ("commission_rate", "0.00000000000000000001"),
        ("created_at", "2000-01-01"),
        ("created_at", "2099-12-31T23:59:59"),
    ],
)
def test_the_last_of_what_is_allowed_is_read(member: str, value: object) -> None:
    assert isinstance(read_order({**BARE, member: value}), Order)


def test_a_number_too_long_to_print_is_refused_like_any_other() -> None:
    quantity = read_order({**BARE, "quantity": 10**5000})
    code = read_order({**BARE, "raw_status": {"code": 10**5000}})
    assert quantity == OrderError("quantity", f"这个数太大，{NO_COUNT}")
    assert code == OrderError("raw_status.code", f"这个数太大，{NO_TEXT}")


def test_a_line_that_is_no_object_is_unreadable_as_a_whole() -> None:
    lines: list[object] = [[], "x", 1, None]
    for line in lines:
        assert read_order(line) == OrderError(  # type: ignore[arg-type]
            None, "这一行不是 JSON 对象；每行写一个订单 {…}"
        )
