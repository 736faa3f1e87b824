"""The short form of the long campaigns: a few hundred inputs, and that seeds get through."""

import random
from pathlib import Path

import pytest

from settlement.apis import Page
from settlement.reports import Report, ReportLine, read_report
from tests.examples import examples
from tests.fuzzing.seeds import answer_of, report_seeds
from tests.fuzzing.targets import ASKED_AT, QUESTION, TARGETS, api_methods
from tests.fuzzing.unguided import run_examples
from tests.fuzzing.watching import Watch, Watched
from tests.reports.corpus.layouts import LAYOUTS


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_in_is_answered(name: str, tmp_path: Path) -> None:
    watch = Watch(TARGETS[name].run, tmp_path)
    run_examples(TARGETS[name], watch, examples(300))
    assert watch.watched.failures == {}
    assert watch.watched.inputs >= examples(300)


def test_seeds_are_reports_of_every_layout() -> None:
    found = set()
    for seed in report_seeds():
        report = read_report(seed, "订单.csv")
        if isinstance(report, Report) and any(isinstance(row, ReportLine) for row in report.rows):
            found.add(report.layout.title)
    assert found >= {layout.title for layout in LAYOUTS.values()}


def test_seeds_are_answers_of_every_method() -> None:
    for method in api_methods():
        page = method.decode(answer_of(method.name), QUESTION, ASKED_AT)
        assert isinstance(page, Page), (method.name, page)
        assert page.statements or page.bills, method.name
        assert page.unread == (), method.name


@pytest.mark.parametrize("name", TARGETS)
def test_the_same_number_gives_the_same_input(name: str) -> None:
    target = TARGETS[name]
    for place, seed in enumerate(target.seeds()[:20]):
        first, again = (target.mutated(seed, random.Random(place)) for _ in range(2))  # noqa: S311
        assert first == again


def test_what_is_not_handled_is_kept_once_with_its_input_and_the_campaign_goes_on(
    tmp_path: Path,
) -> None:
    def run(content: bytes) -> None:
        if content.startswith(b"bad"):
            raise ValueError("planted")

    watch = Watch(run, tmp_path / "kept")
    for content in (b"bad 1", b"good", b"bad 2"):
        watch(content)
    (kept,) = watch.watched.failures.values()
    assert Path(kept).read_bytes() == b"bad 1"
    assert "planted" in Path(kept).with_suffix(".txt").read_text("utf-8")
    assert watch.watched.inputs == 3


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"failures": {"here": "file"}}, "unhandled at here: file"),
        ({"slow": 1}, "1 inputs took longer than 1.0 s"),
        ({"megabytes": 512}, "512 MB of memory"),
        ({"coverage": 10}, "coverage did not grow beyond 10 of the seeds"),
    ],
)
def test_a_broken_promise_is_said(figures: dict[str, object], words: str) -> None:
    kept: dict[str, object] = {"coverage_of_seeds": 10, "coverage": 11}
    assert Watched(**kept).broken_promises == []  # type: ignore[arg-type]
    assert Watched(**{**kept, **figures}).broken_promises == [words]  # type: ignore[arg-type]
