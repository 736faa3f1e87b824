"""The tables of codes: complete, worded for creators, never guessing."""

from datetime import datetime

import pytest

from settlement.contract import read_order
from settlement.diagnosis import Diagnosis, diagnose
from settlement.explanations import Explanation, read_explanations
from settlement.model import Order, Platform, RawStatus
from settlement.platforms import room_of
from settlement.rulebook import RuleFileError, shipped_rulebook
from settlement.shanghai import SHANGHAI
from settlement.statuses import Statuses, read_statuses

NOW = datetime(2026, 8, 20, 12, tzinfo=SHANGHAI)
JD_INVALID = [
    *("3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "20", "21", "23"),
    *("25", "26", "27", "28", "29", "30", "31", "34", "35"),
]
STATES = {
    ("jd", "-1"): "unknown_status",
    ("jd", "2"): "split",
    **{("jd", code): "invalid" for code in JD_INVALID},
    ("jd", "15"): "not_paid",
    ("jd", "16"): "wait_complete",
    ("jd", "17"): "wait_cycle",
    ("jd", "18"): "wait_payout",
    ("jd", "19"): "no_rate",
    ("jd", "22"): "no_rate",
    ("jd", "24"): "not_paid",
    ("jd", "33"): "unknown_status",
    ("jd", "36"): "not_tracked",
    ("taobao", "11"): "not_paid",
    ("taobao", "12"): "wait_complete",
    ("taobao", "14"): "wait_cycle",
    ("taobao", "3"): "wait_payout",
    ("taobao", "13"): "invalid",
    ("douyin", "PAY_SUCC"): "wait_complete",
    ("douyin", "CONFIRM"): "wait_cycle",
    ("douyin", "SETTLE"): "withdrawable",
    ("douyin", "REFUND"): "reversed",
    ("1688", "10"): "not_paid",
    ("1688", "20"): "wait_complete",
    ("1688", "50"): "wait_cycle",
    ("1688", "80"): "invalid",
    ("pinduoduo", "0"): "wait_complete",
    ("pinduoduo", "1"): "wait_complete",
    ("pinduoduo", "2"): "wait_cycle",
    ("pinduoduo", "3"): "wait_cycle",
    ("pinduoduo", "4"): "audit_rejected",
    ("pinduoduo", "5"): "wait_payout",
    ("pinduoduo", "10"): "frozen",
    ("pinduoduo", "waiting_for_group"): "wait_complete",
    ("pinduoduo", "audit_passed"): "wait_cycle",
    ("pinduoduo", "unpaid"): "not_paid",
    ("pinduoduo", "unpaid_cancelled"): "invalid",
    ("pinduoduo", "cancelled"): "invalid",
    ("pinduoduo", "not_promoted"): "invalid",
    ("kuaishou", "30"): "wait_complete",
    ("kuaishou", "50"): "wait_cycle",
    ("kuaishou", "60"): "wait_payout",
    ("kuaishou", "80"): "invalid",
}
OTHER_TABLES = {
    ("1688", "50", "settle", "0"): "wait_cycle",
    ("1688", "50", "settle", ""): "wait_cycle",
    ("1688", "50", "settle", "1"): "wait_payout",
    ("1688", "50", "settle", "2"): "frozen",
    ("1688", "50", "rights", "10"): "in_after_sale",
    ("1688", "50", "rights", "30"): "refund_undecided",
    ("1688", "50", "rights", "40"): "wait_cycle",
    ("taobao", "3", "rights", "4"): "in_after_sale",
    ("taobao", "3", "rights", "11"): "in_after_sale",
    ("taobao", "3", "rights", "3"): "wait_payout",
    **{("taobao", "3", "rights", code): "refund_undecided" for code in ("2", "12", "13", "14")},
    ("taobao", "3", "rights", "15"): "refund_undecided",
    ("taobao", "3", "refund_tag", "1"): "refund_undecided",
    ("taobao", "3", "refund_tag", "0"): "wait_payout",
    ("pinduoduo", "2", "rights", "0"): "wait_cycle",
    ("pinduoduo", "2", "rights", "1"): "in_after_sale",
    ("pinduoduo", "2", "rights", "2"): "refund_undecided",
    ("1688", "50", "settle", "9"): "unknown_status",
    ("1688", "50", "rights", "9"): "unknown_status",
    ("taobao", "3", "rights", "9"): "unknown_status",
    ("jd", "17", "settle", "9"): "wait_cycle",
}


def told(platform: str, **raw_status: object) -> Diagnosis:
    order = read_order(
        {"platform": platform, "order_number": "1", "raw_status": raw_status, "refunds": []}
    )
    assert isinstance(order, Order)
    return diagnose(order, shipped_rulebook(), NOW)


@pytest.mark.parametrize(("platform", "code"), STATES)
def test_each_code_decides_its_state(platform: str, code: str) -> None:
    assert told(platform, code=code).state == STATES[platform, code]


def test_every_code_in_the_tables_is_in_this_test() -> None:
    codes = {
        (platform.value, code)
        for platform in Platform
        for code in room_of(platform).statuses.tables["code"]
    }
    assert codes == set(STATES)


@pytest.mark.parametrize(("platform", "code", "table", "value"), OTHER_TABLES)
def test_each_further_code_decides_its_state(
    platform: str, code: str, table: str, value: str
) -> None:
    state = OTHER_TABLES[platform, code, table, value]
    assert told(platform, code=code, **{table: value}).state == state


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("code", ["999", "32", "37", "SETTLED", "0.5"])
def test_an_unlisted_code_is_kept_and_never_guessed_at(platform: str, code: str) -> None:
    diagnosis = told(platform, code=code)
    assert diagnosis.state == "unknown_status"
    assert diagnosis.evidence["raw_status.code"] == code
    assert diagnosis.next_steps == ("contact_operator",)
    assert diagnosis.amounts.net is None


@pytest.mark.parametrize("code", [*JD_INVALID, "-1", "2", "18", "19", "22", "24", "33", "36"])
def test_each_special_code_of_jd_has_its_own_reason(code: str) -> None:
    assert f"jd_{code}" in told("jd", code=code).reasons


def test_the_platforms_words_count_where_there_is_no_code() -> None:
    assert told("taobao", text="已结算").state == "wait_payout"
    assert told("jd", text="无效-取消").state == "invalid"
    assert told("pinduoduo", text="未支付，已取消").state == "invalid"
    assert told("jd", code="16", text="无效-取消").state == "wait_complete"
    assert told("jd", text="新的状态").state == "unknown_status"
    assert told("jd", text="新的状态").evidence == {"raw_status.text": "新的状态"}


@pytest.mark.parametrize("platform", list(Platform))
def test_each_meaning_is_worded_in_both_languages(platform: Platform) -> None:
    for table in room_of(platform).statuses.tables.values():
        for meaning in table.values():
            assert not meaning.words["zh"].endswith("。")
            assert meaning.words["zh"] != meaning.words["en"]


def test_words_instead_of_a_code_rest_on_the_same_facts() -> None:
    by_words, by_code = told("jd", text="无效-取消"), told("jd", code="3")
    assert by_words.sources == by_code.sources
    assert by_words.reasons == by_code.reasons
    assert by_words.next_steps == by_code.next_steps


def test_a_code_replaces_of_its_state_only_what_it_says_itself() -> None:
    text = "{decides: frozen, text: x, zh: x, en: y, facts: [B-02]}"
    statuses = read_statuses(f"code: {{facts: [B-01], codes: {{'1': {text}}}}}", "x.yaml", "jd")
    assert statuses.tables["code"]["1"].explanation == Explanation(
        facts=("B-02",), instead_of=(("frozen", "facts"),)
    )


def test_what_is_not_listed_is_not_remembered() -> None:
    """A stream of arbitrary words must not fill the memory."""
    statuses: Statuses = room_of(Platform.JD).statuses
    before = len(statuses._told)
    for number in range(50):
        told("jd", text=f"词{number}")
    assert len(statuses._told) == before


def test_what_is_listed_is_read_once() -> None:
    statuses: Statuses = room_of(Platform.JD).statuses
    assert statuses.told(RawStatus(code="17")) is statuses.told(RawStatus(code="17"))
    explanations = room_of(Platform.JD).explanations
    said = (("code.17",), ("wait_cycle",), (), (), (), ())
    assert explanations.of(said) is explanations.of(said)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "code: {codes: {'1': {}}}",
            "code.facts: None is not a text; write a text, or a list of texts",
        ),
        ("code: {facts: []}", 'code.codes: is not a mapping; write "key: value" lines'),
        (
            "code: {facts: [], codes: {'1': {decides: paid}}}",
            "code.1.text: None is not a text; write a text",
        ),
        (
            "code: {facts: [], codes: {'1': {text: x}}}",
            "code.1.decides: None is not a text; write a text",
        ),
        (
            "code: {facts: [], codes: {'1': {decides: paid, text: x, zh: x}}}",
            "code.1.en: None is not a text; write a text",
        ),
        (
            "code: {facts: [], codes: {'1': {decides: paid, text: x, en: x}}}",
            "code.1.zh: None is not a text; write a text",
        ),
        (
            "code: {facts: [], codes: {'1': {decides: paid, text: x, zh: x, en: x, facts: 1}}}",
            "code.1.facts: 1 is not a text; write a text, or a list of texts",
        ),
        (
            "code: {facts: x, codes: {'1': {decides: paid, text: x, zh: x, en: x,"
            " next_steps: 1}}}",
            "code.1.next_steps: 1 is not a text; write a text, or a list of texts",
        ),
        (
            "code: {facts: [], codes: {'1': x}}",
            'code.1: is not a mapping; write "key: value" lines',
        ),
        ("code: []", 'code: is not a mapping; write "key: value" lines'),
        ("code: {title: x}", "code.title: is not known here; use one of codes, facts"),
        ("[]", 'the whole file: is not a mapping; write "key: value" lines'),
        (
            "code: {facts: [], codes: {'1': {decides: paid, text: [x, y]}}}",
            "code.1.text: ['x', 'y'] is not a text; write a text",
        ),
        (
            "code: {facts: [], codes: {'1': {text: x, decides: rich}}}",
            "code.1.decides: rich is neither a state nor a way to one;"
            " use one of not_paid, paid, received, settled …",
        ),
        (
            "code: {facts: [], codes: {'1': {text: x, colour: y}}}",
            "code.1.colour: is not known here;"
            " use one of decides, en, facts, next_steps, reason, text, zh",
        ),
        (
            "code: {facts: [], codes: {1: {}}}",
            'code.codes: the key 1 is not a text; write it in quotes: "1"',
        ),
        (
            "codes: {}",
            "the whole file.codes: is not known here; use one of code, refund_tag, rights, settle",
        ),
    ],
)
def test_a_broken_table_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_statuses(text, "statuses.yaml", "jd")
    assert str(caught.value) == f"statuses.yaml: {words}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "stages: {}",
            "the whole file.stages: is not known here;"
            " use one of dates, details, lines, reasons, states",
        ),
        ("[]", 'the whole file: is not a mapping; write "key: value" lines'),
        ("states: {paid: x}", 'states.paid: is not a mapping; write "key: value" lines'),
        (
            "states: {paid: {steps: []}}",
            "states.paid.steps: is not known here; use one of evidence, facts, next_steps",
        ),
        (
            "states: {paid: {facts: [1]}}",
            "states.paid.facts: 1 is not a text; write a text, or a list of texts",
        ),
        ("states: []", 'states: is not a mapping; write "key: value" lines'),
    ],
)
def test_a_broken_explanation_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_explanations(text, "facts.yaml")
    assert str(caught.value) == f"facts.yaml: {words}"
