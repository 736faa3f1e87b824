"""Every question in this folder is a test: it must reach the entry that it names."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher
from knowledge.questions import Question, load_questions
from knowledge.trial import Verdict, describe, judge

FOLDER = Path(__file__).parent


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix == ".yaml" and file_path.parent == FOLDER:
        return QuestionFile.from_parent(parent, path=file_path)
    return None


class QuestionFile(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        text = self.path.read_text(encoding="utf-8")
        for question in load_questions({self.path.name: text}):
            item = QuestionItem.from_parent(self, name=question.ask)
            item.question = question
            if question.known_failure:
                item.add_marker(pytest.mark.xfail(reason=question.known_failure, strict=True))
            yield item


class QuestionItem(pytest.Item):
    question: Question

    def runtest(self) -> None:
        failed = [verdict for verdict in judge(_matcher(), self.question) if not verdict.passed]
        if failed:
            raise AssertionError(_explained(failed))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


@cache
def _matcher() -> Matcher:
    return Matcher(shipped_knowledge())


def _explained(failed: Iterable[Verdict]) -> str:
    return "\n".join(describe(verdict) for verdict in failed)
