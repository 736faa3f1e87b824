"""Order numbers in free text: the reviewed examples, and what holds for every text."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from settlement.model import Platform
from settlement.order_number import (
    FoundNumber,
    WhyNot,
    find_order_numbers,
    numbers_beyond,
    why_not,
    without_numbers,
)
from settlement.order_number import forms as form_files
from settlement.order_number.folding import fold
from settlement.order_number.forms import matching_forms, number_words
from settlement.order_number.lookalikes import is_day, is_time
from settlement.platforms import folder
from settlement.yaml_text import RuleFileError, packaged

EXAMPLES = Path(__file__).parent.parent / "order_numbers"
Example = Mapping[str, object]


def examples(name: str) -> list[Example]:
    content = YAML(typ="safe").load((EXAMPLES / name).read_text("utf-8"))
    assert isinstance(content, list)
    return content


def broken(kind: str) -> list[Example]:
    content = YAML(typ="safe").load((EXAMPLES / "broken.yaml").read_text("utf-8"))
    listed = content[kind]
    assert isinstance(listed, list)
    return listed


def name_of(example: Example) -> str:
    return str(example["name"])


def platforms(found: FoundNumber) -> list[str]:
    return [platform.value for platform in found.platforms]


@pytest.mark.parametrize("example", examples("found.yaml"), ids=name_of)
def test_numbers_are_found(example: Example) -> None:
    found = find_order_numbers(str(example["text"]))
    assert {item.number: platforms(item) for item in found} == example["found"]
    if "certain" in example:
        assert [item.certain for item in found] == [example["certain"]]
    if "times" in example:
        assert len(found) == example["times"]
    if "rest" in example:
        assert without_numbers(str(example["text"]), found) == example["rest"]


@pytest.mark.parametrize("example", examples("found.yaml"), ids=name_of)
def test_a_text_with_an_order_number_needs_no_excuse(example: Example) -> None:
    assert why_not(str(example["text"])) is None


@pytest.mark.parametrize("example", examples("not_found.yaml"), ids=name_of)
def test_other_numbers_are_told_apart(example: Example) -> None:
    text = str(example["text"])
    assert find_order_numbers(text) == ()
    why = why_not(text)
    assert (why.value if why else None) == example["why"]


ORDER_NUMBERS = (
    st.from_regex(r"2[0-9]{5}-[0-9]{15}", fullmatch=True)
    | st.from_regex(r"[23][0-9]{11}", fullmatch=True)
    | st.from_regex(r"9[0-9]{17}", fullmatch=True)
    | st.from_regex(r"[1-6][0-9]{18}", fullmatch=True)
)
"""Numbers of every form really seen; none is a phone, a barcode or an identity number."""
CHINESE = st.text("我的这单怎么还没有佣金呢，。！？\n", max_size=12)
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９\uff0d")


@given(ORDER_NUMBERS, CHINESE, CHINESE, st.booleans())
def test_a_number_is_found_where_it_stands(
    number: str, before: str, after: str, wide: bool
) -> None:
    written = number.translate(WIDE) if wide else number
    (found,) = find_order_numbers(before + written + after)
    assert found.number == number
    assert (found.start, found.end) == (len(before), len(before) + len(written))


@given(
    ORDER_NUMBERS,
    st.sampled_from(["\u200b", "\u2060", "\u202d", "\ufeff", "\ufe00", "\ufe0f"]),
    st.integers(1, 11),
)
def test_invisible_characters_change_nothing(number: str, invisible: str, place: int) -> None:
    (found,) = find_order_numbers(number[:place] + invisible + number[place:])
    assert found.number == number


@given(
    st.lists(ORDER_NUMBERS, min_size=2, max_size=5), st.sampled_from(["\n", "，", "、", "; ", " "])
)
def test_numbers_side_by_side_are_never_glued(numbers: list[str], between: str) -> None:
    assert [found.number for found in find_order_numbers(between.join(numbers))] == numbers


@given(st.from_regex(r"[2-6][0-9]{18}", fullmatch=True), st.integers(3, 6), st.sampled_from(" -"))
def test_a_number_in_regular_groups_is_one(number: str, size: int, separator: str) -> None:
    groups = [number[place : place + size] for place in range(0, len(number), size)]
    (found,) = find_order_numbers(separator.join(groups))
    assert found.number == number


NEARLY_NUMBERS = st.text("0123456789 -０９①.:/年月,=aEXx\u200b\u20e3٦\n订单号", max_size=80)


@given(st.text(max_size=80) | NEARLY_NUMBERS)
def test_nothing_is_invented(text: str) -> None:
    """Whatever is found has the digits of its place, a platform's form, and a place of its own."""
    end = 0
    for found in find_order_numbers(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end
        digits = fold(text[found.start : found.end]).text.replace(" ", "").replace("-", "")
        assert found.number.replace("-", "") == digits
        assert found.number.isascii()
        assert found.platforms == platforms_of(found.number)
        assert found.platforms


@given(NEARLY_NUMBERS)
def test_an_excuse_is_given_only_where_nothing_was_found(text: str) -> None:
    assert why_not(text) is None or find_order_numbers(text) == ()


def test_a_message_has_at_most_fifty_numbers() -> None:
    text = "\n".join(f"2026110753{place:02}" for place in range(80))
    found = find_order_numbers(text)
    assert len(found) == 50
    assert found[0].number == "202611075300"


@pytest.mark.parametrize(("count", "beyond"), [(0, 0), (50, 0), (51, 1), (80, 30)])
def test_numbers_beyond_fifty_are_counted(count: int, beyond: int) -> None:
    assert numbers_beyond("\n".join(f"2026110753{place:02}" for place in range(count))) == beyond


def platforms_of(number: str) -> tuple[Platform, ...]:
    return tuple(dict.fromkeys(form.platform for form in matching_forms(number)))


def test_a_hyphen_in_its_place_makes_a_form() -> None:
    assert platforms_of("240309-402233834970071") == (Platform.PINDUODUO,)
    assert platforms_of("240309402233834970071") == ()
    assert platforms_of("2403094-02233834970071") == ()
    assert platforms_of("") == ()


@pytest.mark.parametrize("platform", Platform)
def test_every_form_shows_an_example_that_fits_and_names_its_source(platform: Platform) -> None:
    text = packaged(f"platforms/{folder(platform)}/order_numbers.yaml")
    for form in YAML(typ="safe").load(text).values():
        assert platform in platforms_of(form["example"])
        assert form["source"]
        assert form["last_checked"]


def test_every_word_beside_a_number_means_something() -> None:
    words = number_words()
    meanings = {*words.before.values(), *words.after.values()}
    assert meanings <= {*(why.value for why in WhyNot), "order_number", "part"}


def test_every_cause_is_shown_by_an_example() -> None:
    shown = {example["why"] for example in examples("not_found.yaml")}
    assert shown == {*(why.value for why in WhyNot), None}


def test_what_is_left_without_its_numbers_keeps_every_other_word() -> None:
    text = "第一单202607010001，第二单 240309-402233834970071 呢"
    assert without_numbers(text, find_order_numbers(text)) == "第一单 ，第二单   呢"
    assert without_numbers("没有号码", ()) == "没有号码"


@pytest.mark.parametrize("digits", ["20260701", "19991231", "20240229"])
def test_a_day_of_the_calendar_is_a_day(digits: str) -> None:
    assert is_day(digits)


@pytest.mark.parametrize("digits", ["20261301", "20260230", "20260732", "21260701", "2026070"])
def test_no_other_digits_are_a_day(digits: str) -> None:
    assert not is_day(digits)


@pytest.mark.parametrize(
    ("digits", "is_one"),
    [
        ("20260701235959", True),
        ("20260701235959123", True),
        ("20260701240000", False),
        ("20260701236000", False),
        ("20260701235960", False),
        ("20261301235959", False),
        ("202607012359", False),  # twelve digits may be an order number
    ],
)
def test_a_time_is_a_day_and_a_clock(digits: str, is_one: bool) -> None:
    assert is_time(digits) is is_one


def read_as(
    text: str, read: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> pytest.ExceptionInfo[RuleFileError]:
    monkeypatch.setattr(form_files, "packaged", lambda file: text)
    with pytest.raises(RuleFileError) as error:
        read()
    return error


@pytest.mark.parametrize("example", broken("forms"), ids=name_of)
def test_a_broken_file_of_forms_says_what_to_do(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = read_as(str(example["text"]), form_files.forms.__wrapped__, monkeypatch)
    assert str(error.value) == f"platforms/alibaba1688/order_numbers.yaml: {example['error']}"


@pytest.mark.parametrize("example", broken("words"), ids=name_of)
def test_a_broken_file_of_words_says_what_to_do(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = read_as(str(example["text"]), number_words.__wrapped__, monkeypatch)
    assert str(error.value) == f"order_number/words.yaml: {example['error']}"
