"""An operator's table of creators: whose a row is, and what its editor is told."""

import io
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from settlement.creator_names import CreatorNames
from settlement.creators_file import (
    LARGEST,
    NamedCreator,
    PromoterName,
    claimants,
    kinds,
    promoter_name,
    read_creators,
)
from settlement.model import Platform
from settlement.reports.layouts import header_key
from settlement.yaml_text import RuleFileError
from tests.settlement.test_rulebook import assert_says, paths

CASES = Path(__file__).parent.parent / "creators" / "owners.yaml"


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(CASES.read_text("utf-8"))
    return found


def table_of(case: dict[str, Any]) -> tuple[NamedCreator, ...]:
    written = io.StringIO()
    YAML(typ="safe", pure=True).dump(case["table"], written)
    return read_creators(written.getvalue(), "creators.yaml")


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_whose_a_row_is(case: dict[str, Any]) -> None:
    creators = table_of(case)
    known = {
        (name.platform, name.kind, name.value): number
        for number, creator in enumerate(creators)
        for name in creator.called
    }
    owner = CreatorNames(known).owner(Platform(case["platform"]), case["said"])
    if case["owner"] is None:
        assert isinstance(owner, str)
        assert case["words"] in owner
    else:
        assert isinstance(owner, int)
        assert creators[owner].name == case["owner"]


@pytest.mark.parametrize("path", paths("creators"), ids=lambda path: path.stem)
def test_a_broken_table_says_what_is_wrong_where_and_what_to_do(path: Path) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_creators(path.read_text("utf-8"), path.name)
    assert_says(caught.value, path.name, path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 600, "is nested too deeply; write lists and mappings of a few levels"),
        (
            "#" * (LARGEST + 1),
            f"has more than {LARGEST} characters; leave out what is no creator",
        ),
    ],
)
def test_a_table_made_to_harm_is_refused(text: str, words: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_creators(text, "creators.yaml")
    assert str(caught.value) == f"creators.yaml: the whole file: {words}"


def test_a_table_of_the_largest_size_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "小雅: {jd: {position: 橱窗}}"
    monkeypatch.setattr("settlement.creators_file.LARGEST", len(text))
    assert read_creators(text, "creators.yaml")
    with pytest.raises(RuleFileError, match="has more than"):
        read_creators(f"{text} ", "creators.yaml")


def test_names_of_the_longest_length_are_read() -> None:
    longest = "雅" * 128
    table = read_creators(f"{longest}: {{jd: {{position: {longest}}}}}", "creators.yaml")
    name = PromoterName(Platform.JD, "position", longest)
    assert table == (NamedCreator(longest, (name,)),)
    assert promoter_name(Platform.JD, "position", longest) == name
    assert promoter_name(Platform.JD, "position", f"{longest}雅") is None


def test_a_single_name_is_read_as_one_of_the_table_or_not_at_all() -> None:
    name = promoter_name(Platform.JD, "position", "100")
    assert name == PromoterName(Platform.JD, "position", "100")
    assert promoter_name(Platform.JD, "no such kind", "100") is None
    assert promoter_name(Platform.JD, "position", "") is None


def test_who_claims_a_name_is_told_by_its_parts_too() -> None:
    (named,) = read_creators("小雅: {taobao: {pid: mm_1_2_3}}", "creators.yaml")
    known = CreatorNames(dict.fromkeys(named.called, 7))
    pid = promoter_name(Platform.TAOBAO, "pid", "mm_1_2_3")
    assert pid is not None
    assert claimants(known, pid) == {7}


def test_what_no_kind_is_called_is_answered_with_those_there_are() -> None:
    with pytest.raises(RuleFileError, match=r"use one of .*author, author_buyin_id, author_id"):
        read_creators("小雅: {douyin: {昵称们: 小雅}}", "creators.yaml")


def test_a_name_is_told_with_its_platform_and_kind() -> None:
    (creator,) = read_creators('小雅: {"1688": {推广位ID: "7"}}', "creators.yaml")
    assert [str(name) for name in creator.called] == ["1688 position_id 7"]


@pytest.mark.parametrize(
    ("platform", "word", "kind"),
    [
        ("jd", "推广位名称", "position"),
        ("jd", "positionId", "position_id"),
        ("taobao", "来源媒体ID", "media_id"),
        ("taobao", "tk_adzone_id", "position_id"),
        ("taobao", "pid", "pid"),
        ("douyin", "达人昵称", "author"),
        ("douyin", "short_id", "author_id"),
        ("douyin", "uid", "author_id"),
        ("1688", "媒体", "media"),
        ("1688", "EXT", "ext"),
        ("pinduoduo", "p_id", "pid"),
        ("kuaishou", "cpsPid", "pid"),
        ("kuaishou", "uid", "distributor_id"),
        ("kuaishou", "distributor_id", "distributor_id"),
    ],
)
def test_a_kind_goes_by_the_words_of_reports_interfaces_and_people(
    platform: str, word: str, kind: str
) -> None:
    assert kinds(Platform(platform))[header_key(word)] == kind
