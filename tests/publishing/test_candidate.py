from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.publishing.candidate import (
    SHIPPED,
    Checked,
    Folders,
    Refused,
    build_snapshot,
    check,
    read_folders,
)
from settlement.rulebook import shipped_rulebook

Write = Callable[..., None]
EDITS = Path(__file__).parents[1] / "broken" / "edits.yaml"


@pytest.mark.parametrize(
    "broken", YAML(typ="safe").load(EDITS), ids=lambda broken: str(broken["name"])
)
def test_a_broken_edit_says_where_why_and_what_to_do(
    broken: dict[str, Any], folders: Folders, write: Write
) -> None:
    write("每月 20 日。")
    assert folders.knowledge
    for path, text in broken["files"].items():
        (folders.knowledge.parent / path).write_bytes(
            text.encode("gb18030" if broken.get("encoding") == "gb18030" else "utf-8")
        )
    files = read_folders(folders, SHIPPED)
    refused = files if isinstance(files, Refused) else check(files)
    assert isinstance(refused, Refused)
    for word in broken["words"].split(" | "):
        assert word in " ".join(refused.problems)


def test_a_good_edit_is_checked_into_a_snapshot(folders: Folders, write: Write) -> None:
    write("每月 20 日。")
    assert folders.rules
    (folders.rules / "jd.yaml").write_text('payout_day: {values: {2026-01-01: "21"}}\n', "utf-8")
    files = read_folders(folders, SHIPPED)
    assert not isinstance(files, Refused)
    assert sorted(files) == ["knowledge/jd.yaml", "rules/jd.yaml"]
    checked = check(files)
    assert isinstance(checked, Checked), checked
    assert checked.knowledge["jd.payout.day"].answer == "每月 20 日。"
    assert checked.rulebook.revision != shipped_rulebook().revision


def test_what_has_no_folder_stays_as_it_is_in_force(folders: Folders, write: Write) -> None:
    write("每月 20 日。")
    in_force = {"knowledge/old.yaml": "[]", "rules/jd.yaml": "in force"}
    files = read_folders(Folders(knowledge=folders.knowledge), in_force)
    assert not isinstance(files, Refused)
    assert sorted(files) == ["knowledge/jd.yaml", "rules/jd.yaml"]
    assert files["rules/jd.yaml"] == "in force"


def test_an_editors_hidden_file_is_no_edit(folders: Folders, write: Write) -> None:
    write("每月 20 日。")
    assert folders.knowledge
    (folders.knowledge / ".jd.yaml").write_text("half a", "utf-8")
    files = read_folders(folders, SHIPPED)
    assert not isinstance(files, Refused)
    assert list(files) == ["knowledge/jd.yaml"]


@pytest.mark.parametrize("missing", ["gone", "empty"])
def test_a_folder_without_answers_does_not_bring_back_the_shipped_ones(
    tmp_path: Path, missing: str
) -> None:
    (tmp_path / "empty").mkdir()
    refused = read_folders(Folders(knowledge=tmp_path / missing), SHIPPED)
    assert isinstance(refused, Refused)
    assert missing in refused.problems[0]


def test_the_matcher_learns_again_only_when_people_ask_otherwise(
    folders: Folders, write: Write
) -> None:
    def built(payout: str, more: str = "") -> Any:
        write(payout, more)
        files = read_folders(folders, SHIPPED)
        assert not isinstance(files, Refused)
        return build_snapshot(files, before)

    before = None
    before = built("每月 20 日。")
    reworded = built("每月 21 日。")
    assert reworded.matcher is before.matcher
    assert reworded.revision != before.revision
    assert built("每月 20 日。", ", 京东几时给钱").matcher is not before.matcher
