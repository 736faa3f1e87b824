"""What the tests of reports are given: samples of them, and a way to make a workbook."""

import io
from collections.abc import Callable

import openpyxl
import pytest

from tests.settlement.reports.samples import MORE, SAMPLES, Sample


@pytest.fixture(params=MORE, ids=lambda sample: sample.title)
def each_sample(request: pytest.FixtureRequest) -> Sample:
    """Each kind of report in turn."""
    found = request.param
    assert isinstance(found, Sample)
    return found


@pytest.fixture(params=SAMPLES, ids=lambda sample: sample.platform.value)
def sample(request: pytest.FixtureRequest) -> Sample:
    """Each platform's report in turn."""
    found = request.param
    assert isinstance(found, Sample)
    return found


@pytest.fixture
def taobao() -> Sample:
    """Taobao's report, for what is the same on every platform."""
    return SAMPLES[0]


@pytest.fixture
def jd() -> Sample:
    """JD's report."""
    return SAMPLES[1]


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """Return what makes an XLSX of some sheets, each a list of rows."""

    def make(*sheets: list[list[object]]) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for place, rows in enumerate(sheets):
            sheet = book.create_sheet(f"表{place}")
            for row in rows:
                sheet.append(row)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    return make
