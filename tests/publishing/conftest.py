from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.publishing.candidate import Folders

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
ENTRY = """
- id: {id}
  platform: jd
  questions: [{questions}]
  answer: {answer}
  answer_en: Money comes on the 20th.
  source: {{title: 京东, as_of: undated}}
"""

Write = Callable[..., None]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    folders = Folders(tmp_path / "answers", tmp_path / "rules")
    for _, folder in folders.given:
        folder.mkdir()
    return folders


@pytest.fixture
def write(folders: Folders) -> Write:
    """Write the two answers of the base as an editor would; `payout` is the text of the one."""

    def run(payout: str, more: str = "") -> None:
        entries = (
            ("jd.payout.day", "京东佣金几号发, 京东什么时候打款" + more, payout),
            ("jd.refund.after", "京东买家退款了怎么办, 京东退货佣金还有吗", "会被扣回。"),
        )
        text = "".join(
            ENTRY.format(id=name, questions=questions, answer=answer)
            for name, questions, answer in entries
        )
        assert folders.knowledge
        (folders.knowledge / "jd.yaml").write_text(text, "utf-8")

    return run
