from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.commands import publishing
from bot.commands.failure import CommandFailed
from bot.commands.knowledge import base_of, questions_of, try_text
from bot.publishing.candidate import Folders
from bot.store.tables import unanswered_questions

Write = Callable[..., None]


@pytest.fixture(autouse=True)
def environment(database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The store of the tests, and no test questions but their own."""
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database)
    monkeypatch.setattr(publishing, "TEST_QUESTIONS", tmp_path / "none")


@pytest.fixture
def printed(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[[], str]:
    return lambda: capsysbinary.readouterr().out.decode()


def test_publish_list_and_go_back(
    folders: Folders, write: Write, printed: Callable[[], str]
) -> None:
    publishing.revisions()
    assert "还没有发布过" in printed()
    for day in (20, 21):
        write(f"每月 {day} 日。")
        publishing.publish(folders.knowledge, None, f"改到 {day} 日", None)
    publishing.publish(folders.knowledge, None, "", None)
    first, second, again = printed().splitlines()
    assert first.startswith("已发布第 1 版")
    assert second.startswith("已发布第 2 版")
    assert again.startswith("和现行的第 2 版相同")
    publishing.publish(None, None, "", 1)
    publishing.publish(None, None, "", 0)
    assert "已发布随程序附带的版本" in printed()
    publishing.revisions()
    listed = printed().splitlines()
    assert [line[:7].strip() for line in listed] == [
        "* 随程序附带",
        "第 1 版",
        "第 2 版",
        "第 1 版",
    ]
    assert listed[-1].endswith("改到 20 日")


@pytest.mark.parametrize(
    ("folder", "revision", "words"),
    [
        (None, None, "--knowledge"),
        ("answers", 1, "--revision：不能和目录一起给"),
        (None, 7, "没有这一版；请先看看"),
        ("gone", None, "没有这个文件夹；请核对路径"),
        ("answers", None, "<b> 没有收尾"),
    ],
)
def test_what_cannot_be_published_is_said(
    tmp_path: Path, write: Write, folder: str | None, revision: int | None, words: str
) -> None:
    write("<b>每月 20 日。")
    with pytest.raises(CommandFailed, match=words):
        publishing.publish(tmp_path / folder if folder else None, None, "", revision)


def test_the_folders_of_the_settings_are_published(
    folders: Folders, write: Write, monkeypatch: pytest.MonkeyPatch, printed: Callable[[], str]
) -> None:
    write("每月 20 日。")
    monkeypatch.setenv("MINGZHANG_KNOWLEDGE_DIR", str(folders.knowledge))
    publishing.publish(None, None, "", None)
    assert "已发布第 1 版" in printed()


def test_what_an_edit_would_change(
    engine: Engine,
    folders: Folders,
    write: Write,
    now: datetime,
    tmp_path: Path,
    printed: Callable[[], str],
) -> None:
    write("每月 20 日。")
    publishing.publish(folders.knowledge, None, "", None)
    asked = {
        "user": 1,
        "chat": 1,
        "text": "那个礼拜几才见钱",
        "outcome": "unknown",
        "asked_at": now,
    }
    with engine.begin() as connection:
        connection.execute(unanswered_questions.insert().values(asked))
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "a.yaml").write_text(
        "- {ask: 京东佣金几号发, entry: jd.payout.day, class: plain}\n", "utf-8"
    )
    write("每月 21 日。", ", 那个礼拜几才见钱")
    printed()
    publishing.diff(str(folders.knowledge), tests)
    assert printed().splitlines() == [
        "那个礼拜几才见钱：不知道 → jd.payout.day",
        "改了文字的答案：jd.payout.day",
        "问了 2 句，1 句的结果会变",
    ]
    publishing.diff("1", tests)
    assert printed() == "问了 2 句，0 句的结果会变\n"
    with pytest.raises(CommandFailed, match="没有第 9 版"):
        publishing.diff("9", None)


def test_a_try_shows_why(folders: Folders, write: Write, printed: Callable[[], str]) -> None:
    write("每月 20 日。")
    try_text("請問京東佣金幾號發？", folders.knowledge)
    words, normalised, platform, outcome, _, best, *_ = printed().splitlines()
    assert words == "问句：請問京東佣金幾號發？"
    assert normalised.startswith("规范化：")
    assert "佣金" in normalised
    assert platform == "平台：jd"
    assert outcome == "结果：jd.payout.day"
    assert best.split()[0] == "jd.payout.day"


def test_a_file_that_is_not_utf_8_is_one_line(folders: Folders) -> None:
    assert folders.knowledge
    (folders.knowledge / "jd.yaml").write_bytes("- 京东".encode("gb18030"))
    for read in (base_of, questions_of):
        with pytest.raises(CommandFailed, match=r"jd\.yaml：第 2 个字节：不是 UTF-8；请"):
            read(folders.knowledge)


def test_what_is_in_force_becomes_a_folder_that_holds_nobodys_work(
    folders: Folders, write: Write, tmp_path: Path, printed: Callable[[], str]
) -> None:
    write("每月 20 日。")
    publishing.publish(folders.knowledge, None, "", None)
    assert folders.knowledge
    publishing.export(tmp_path / "new")
    assert "写好 1 个文件" in printed()
    exported = (tmp_path / "new" / "jd.yaml").read_bytes()
    assert exported == (folders.knowledge / "jd.yaml").read_bytes()
    with pytest.raises(CommandFailed, match=r"已经有 \.yaml 文件；请给一个空目录"):
        publishing.export(folders.knowledge)
