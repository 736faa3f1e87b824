"""Every good file comes in whole: each fact of each line, whose it is, and nothing besides."""

import pytest
from sqlalchemy import Engine

from tests.reports.corpus.good import GOOD, GoodFile
from tests.reports.corpus.importing import imported, known_lines
from tests.reports.corpus.layouts import LAYOUTS, comparable


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_good_file_comes_in_whole(case: GoodFile, store: Engine) -> None:
    if case.after:
        imported(store, case.before(), "先导入的.csv")
    outcome = imported(store, case.content(), case.file_name)
    assert outcome.error is None
    assert [str(error) for error in outcome.refused] == []
    assert outcome.title == LAYOUTS[case.layout].title
    assert list(outcome.unknown_columns) == list(case.unknown_columns)
    found = {
        key: (creator, comparable(facts)) for key, (creator, facts) in known_lines(store).items()
    }
    assert found == case.expected()
