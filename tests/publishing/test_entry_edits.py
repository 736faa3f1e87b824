"""An edit of an entry changes its own lines in a file and nothing else."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.publishing.entry_edits import entries_in, rewritten, with_entry
from knowledge.loader import OUTSIDE, load_knowledge, shipped_files
from knowledge.strict_yaml import KnowledgeFileError

CASES = YAML(typ="safe").load(Path(__file__).with_name("rewritten.yaml"))
SHIPPED = {name: text for name, text in shipped_files().items() if name != OUTSIDE}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_file_reads_as_it_should(case: dict[str, Any]) -> None:
    assert rewritten("x.yaml", case["before"], case["entry"], case["values"]) == case["after"]


@pytest.mark.parametrize("file", sorted(SHIPPED))
def test_one_more_phrasing_adds_one_line_at_most(file: str) -> None:
    text = SHIPPED[file]
    for name in list(entries_in(file, text))[::12]:
        questions = [*load_knowledge({file: text})[name].questions, "一种全新的问法: 真的"]
        after = rewritten(file, text, name, {"questions": questions})
        before, now = text.splitlines(), after.splitlines()
        assert len(now) - len(before) in (0, 1)
        assert sum(line not in before for line in now) <= 2
        assert load_knowledge({file: after})[name].questions == tuple(questions)


WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\t'\":#{}[],&*?|-<>=!%@`"),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip() != "" and "".join(text.split()) != "")


@given(answer=WORDS, question=WORDS)
def test_whatever_is_typed_is_read_again_as_it_was_typed(answer: str, question: str) -> None:
    question = " ".join(question.split())
    text = with_entry("x.yaml", "# 甲\n", {"id": "a.b", "answer": "甲", "questions": ["乙"]})
    after = rewritten("x.yaml", text, "a.b", {"answer": answer, "questions": ["乙", question]})
    entry = entries_in("x.yaml", after)["a.b"]
    assert str(entry["answer"]).split() == answer.split()
    assert entry["questions"] == ["乙", question] or question.strip() == "乙"
    assert after.startswith("# 甲\n")


def test_a_new_entry_stands_at_the_end() -> None:
    text = with_entry(
        "x.yaml",
        "# 京东\n- id: a.b\n  answer: 甲\n\n\n",
        {"id": "c.d", "questions": ["乙: 丙"], "answer": "<b>丁</b>\n戊", "covers": ["B-01"]},
    )
    assert text == (
        "# 京东\n- id: a.b\n  answer: 甲\n\n- id: c.d\n  questions:\n    - '乙: 丙'\n"
        "  answer: |\n    <b>丁</b>\n    戊\n  covers: [B-01]\n"
    )


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("- id: c.d\n  answer: 甲\n", {"answer": "乙"}),
        ("- id: a.b\n  answer: [甲]\n", {"answer": "乙"}),
        ("- id: a.b\n  answer: 甲\n", {"covers": ["B-01"]}),
    ],
    ids=["no such entry", "a list where a text is meant", "nowhere to put a new key"],
)
def test_what_cannot_be_written_is_said_and_not_tried(text: str, values: dict[str, Any]) -> None:
    with pytest.raises(KnowledgeFileError, match=r"x\.yaml: a\.b: .*edit the file by hand"):
        rewritten("x.yaml", text, "a.b", values)
