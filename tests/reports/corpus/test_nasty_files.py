"""Every nasty file: what is wrong is said with its line and column, and nothing else is lost."""

import pytest
from sqlalchemy import Engine

from tests.reports.corpus.importing import Outcome, imported, known_lines
from tests.reports.corpus.layouts import comparable
from tests.reports.corpus.nasty import NASTY, NastyFile

CASES = [
    pytest.param(
        case,
        id=case.name,
        marks=[pytest.mark.xfail(reason=case.known_failure)] if case.known_failure else [],
    )
    for case in NASTY
]


@pytest.mark.parametrize("case", CASES)
def test_a_nasty_file_gives_its_line_and_loses_nothing(case: NastyFile, store: Engine) -> None:
    outcome = imported(store, case.content(), case.file_name, platform=case.platform)
    _check_words(case, outcome)
    found = {
        key: (creator, comparable(facts)) for key, (creator, facts) in known_lines(store).items()
    }
    assert found == case.expected()


def _check_words(case: NastyFile, outcome: Outcome) -> None:
    if case.whole is not None:
        assert outcome.error is not None
        assert outcome.error.startswith(f"{case.file_name}：")
        assert case.whole in outcome.error
        return
    assert outcome.error is None
    assert {error.row: error.column for error in outcome.refused} == {
        line: column for line, (column, _) in case.refuses.items()
    }
    for error in outcome.refused:
        _, words = case.refuses[error.row]
        assert str(words) in error.message
        assert str(error).startswith(f"{case.file_name} 第 {error.row} 行")
        assert "；" in error.message, "what is wrong, then what to do"
        assert "\n" not in str(error)
