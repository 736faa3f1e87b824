"""Signatures are those the platforms reckon, whatever the order of what is signed."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.platforms.alibaba1688 import api as alibaba1688
from settlement.platforms.douyin import api as douyin
from settlement.platforms.jd import api as jd
from settlement.platforms.kuaishou import api as kuaishou
from settlement.platforms.pinduoduo import api as pinduoduo
from settlement.platforms.taobao import api as taobao
from tests.settlement.apis.cases import cases


def signature(case: Mapping[str, Any], parameters: Mapping[str, str]) -> str:
    secret = case["secret"]
    if case["platform"] == "1688":
        return alibaba1688.sign(case["path"], parameters, secret)
    signing = {"jd": jd, "taobao": taobao, "pinduoduo": pinduoduo, "kuaishou": kuaishou}
    return signing[case["platform"]].sign(parameters, secret)  # type: ignore[no-any-return]


@pytest.mark.parametrize("case", cases("signatures.yaml"), ids=lambda case: str(case["name"]))
def test_a_signature_is_the_one_the_platform_reckons(case: dict[str, Any]) -> None:
    if case["platform"] == "douyin":
        names = ("app_key", "method", "asked", "timestamp", "version", "secret")
        assert douyin.sign(*(case[name] for name in names)) == case["signature"]
        return
    parameters = case["parameters"]
    assert signature(case, parameters) == case["signature"]
    shuffled = list(parameters.items())
    random.Random(1).shuffle(shuffled)  # noqa: S311
    assert signature(case, dict(shuffled)) == case["signature"]
    assert signature(case, parameters | {"nothing": ""}) == case["signature"]
    assert signature(case, parameters | {"more": "x"}) != case["signature"]


TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)


@given(st.dictionaries(TEXTS, TEXTS, max_size=6), TEXTS)
def test_the_order_of_names_and_what_is_empty_change_no_signature(
    parameters: dict[str, str], secret: str
) -> None:
    turned = dict(reversed(parameters.items()))
    filled = {name: value for name, value in parameters.items() if value}

    for sign in (jd.sign, taobao.sign, pinduoduo.sign, kuaishou.sign):
        assert sign(parameters, secret) == sign(turned, secret) == sign(filled, secret)
    assert alibaba1688.sign("p", turned, "密") == alibaba1688.sign("p", filled, "密")
