"""Every good file comes in whole: each fact of each line, whose it is, and nothing besides."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.reports.corpus.cells import PLAIN, STYLES
from tests.reports.corpus.files import ENCODINGS
from tests.reports.corpus.good import GOOD, GoodFile
from tests.reports.corpus.importing import IN_PROCESSES, imported, known_lines, written
from tests.reports.corpus.layouts import LAYOUTS, comparable
from tests.reports.corpus.quirks import QUIRKS


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_good_file_comes_in_whole(case: GoodFile, store: Engine, tmp_path: Path) -> None:
    if case.after:
        imported(store, written(tmp_path, "先导入的.csv", case.before()))
    check(case, store, tmp_path)


@pytest.mark.parametrize("format", ["xlsx", "xls"])
def test_so_it_does_through_a_process_of_its_own(
    format: str, store: Engine, tmp_path: Path
) -> None:
    case = next(case for case in GOOD if case.format == format)
    check(case, store, tmp_path, in_process=True)


def test_every_layout_style_and_quirk_is_tried() -> None:
    assert {case.layout for case in GOOD} | {case.after for case in GOOD} >= LAYOUTS.keys()
    quirks = {quirk.partition(" ")[0] for case in GOOD for quirk in case.quirks}
    assert quirks == QUIRKS.keys()
    styles = {(kind, style) for case in GOOD for kind, style in case.styles.items()}
    usual = {("time", layout.time) for layout in LAYOUTS.values()}
    known = {(kind, style) for kind in STYLES for style in STYLES[kind] if style != PLAIN[kind]}
    assert styles | usual >= known
    assert {case.encoding for case in GOOD} == ENCODINGS.keys()


def check(case: GoodFile, store: Engine, folder: Path, in_process: bool = IN_PROCESSES) -> None:
    outcome = imported(
        store, written(folder, case.file_name, case.content()), in_process=in_process
    )
    assert outcome.errors == []
    assert [str(error) for error in outcome.refused] == []
    assert outcome.titles == [LAYOUTS[case.layout].title]
    assert outcome.unknown_columns == list(case.unknown_columns)
    found = {
        key: (creator, comparable(facts)) for key, (creator, facts) in known_lines(store).items()
    }
    assert found == case.expected()
