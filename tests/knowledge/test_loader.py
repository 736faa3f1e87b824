"""Whatever an editor can get wrong is named with file, entry, key, cause and remedy."""

from pathlib import Path

import pytest

from knowledge.loader import OUTSIDE, load_knowledge, shipped_knowledge
from knowledge.strict_yaml import KnowledgeFileError

BROKEN = sorted((Path(__file__).parents[1] / "broken" / "knowledge").glob("*.yaml"))

ENTRY = """
- id: 1688.payout.when
  platform: "1688"
  figures: [1688.payout_day]
  questions: [1688几号发, 1688哪天到账]
  answer: 每月 {{ figures['1688.payout_day'] }} 日
  answer_en: On day {{ figures['1688.payout_day'] }}
  covers: [S1688-15]
  source: {title: 常见问题, as_of: 2022-12-30}
  related: [1688.payout.holiday]
"""


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_refused_with_its_remedy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = text.splitlines()[0].removeprefix("# expect: ").split("; ")
    with pytest.raises(KnowledgeFileError) as caught:
        load_knowledge({path.name: text})
    for words in (path.name, *expected):
        assert words in str(caught.value)


def test_every_broken_file_says_what_is_expected() -> None:
    assert len(BROKEN) > 20
    for path in BROKEN:
        assert path.read_text(encoding="utf-8").startswith("# expect: "), path


def test_an_entry_is_read_as_it_is_written() -> None:
    entry = load_knowledge({"a.yaml": ENTRY})["1688.payout.when"]
    assert entry.platform == "1688"
    assert entry.questions == ("1688几号发", "1688哪天到账")
    assert entry.topic == "payout"
    assert (entry.source.title, entry.source.as_of) == ("常见问题", "2022-12-30")
    assert entry.related == ("1688.payout.holiday",)


def test_a_date_or_a_bare_number_stays_the_text_it_looks_like() -> None:
    unquoted = ENTRY.replace('"1688"', "1688").replace("2022-12-30", "0123")
    entry = load_knowledge({"a.yaml": unquoted})["1688.payout.when"]
    assert entry.platform == "1688"
    assert entry.source.as_of == "0123"


def test_a_file_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(KnowledgeFileError, match="longer than 1,000,000 characters; split it"):
        load_knowledge({"a.yaml": "# " + "x" * 1_000_001})


def test_two_files_may_not_claim_one_question() -> None:
    other = ENTRY.replace("1688.payout.when", "1688.payout.day")
    with pytest.raises(KnowledgeFileError, match=r"b\.yaml: 1688\.payout\.day: questions"):
        load_knowledge({"a.yaml": ENTRY, "b.yaml": other})


def test_questions_that_are_not_ours_have_no_answer() -> None:
    base = load_knowledge({OUTSIDE: "- id: outside.talk.chat\n  questions: [讲个笑话]\n"})
    assert base.outside == {"outside.talk.chat": ("讲个笑话",)}
    assert not base.entries


def test_an_answer_does_not_belong_among_the_questions_that_are_not_ours() -> None:
    with pytest.raises(KnowledgeFileError, match="platform: unknown key"):
        load_knowledge({OUTSIDE: ENTRY})


def test_the_shipped_base_is_sound() -> None:
    base = shipped_knowledge()
    assert len(base.entries) > 150
    assert base.outside
    assert {entry.platform for entry in base.entries.values()} >= {"1688", "jd", "general"}
