"""Every nasty file: what is wrong is said with its line and column, and nothing else is lost."""

from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from tests.reports.corpus.importing import IN_PROCESSES, Outcome, imported, known_lines, written
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
def test_a_nasty_file_gives_its_line_and_loses_nothing(
    case: NastyFile, store: Engine, tmp_path: Path
) -> None:
    check(case, store, tmp_path)


@pytest.mark.parametrize("name", ["有密码的 XLSX", "工作表不是 XML 的 XLSX"])
def test_so_it_does_through_a_process_of_its_own(name: str, store: Engine, tmp_path: Path) -> None:
    case = next(case for case in NASTY if case.name == name)
    check(case, store, tmp_path, in_process=True)


def test_a_cell_in_the_farthest_corner_ends_only_the_process_that_reads(
    store: Engine, tmp_path: Path
) -> None:
    """The library wants a terabyte for it and ends its process: found by fuzzing."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "近", "远"
    book.save(tmp_path / "远.xlsx")
    outcome = imported(store, tmp_path / "远.xlsx", in_process=True)
    (reason,) = outcome.errors
    assert "一行也没有导入" in reason
    assert known_lines(store) == {}


def check(case: NastyFile, store: Engine, folder: Path, in_process: bool = IN_PROCESSES) -> None:
    path = written(folder, case.file_name, case.content())
    outcome = imported(store, path, case.platform, in_process=in_process)
    _check_words(case, outcome)
    found = {
        key: (creator, comparable(facts)) for key, (creator, facts) in known_lines(store).items()
    }
    assert found == case.expected()


def _check_words(case: NastyFile, outcome: Outcome) -> None:
    if case.whole is not None:
        (reason,) = outcome.errors
        assert reason.startswith(case.file_name)
        assert case.whole in reason
        assert outcome.refused == []
        return
    assert outcome.errors == []
    assert {error.row: error.column for error in outcome.refused} == {
        line: column for line, (column, _) in case.refuses.items()
    }
    for error in outcome.refused:
        _, words = case.refuses[error.row]
        assert str(words) in error.message
        assert str(error).startswith(f"{case.file_name} 第 {error.row} 行")
        assert "；" in error.message, "what is wrong, then what to do"
        assert "\n" not in str(error)
