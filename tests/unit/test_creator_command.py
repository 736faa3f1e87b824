"""What `mingzhang creator pid` keeps, and what it refuses."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from bot.store.creators import known_promoters
from bot.store.database import open_engine
from settlement.model import Platform

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path}/mingzhang.db"
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", url)
    return url


@pytest.fixture
def run(database: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line; exit status, standard output and standard error."""

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mingzhang", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return command


def test_the_slots_of_a_creator_are_kept_and_may_move(run: Run, database: str) -> None:
    assert run("creator", "add", "小林")[0] == 0
    assert run("creator", "add", "小李")[0] == 0
    status, out, _ = run("creator", "pid", "小林", "taobao", "mm_1_2_3", "mm_1_2_4")
    assert status == 0
    assert "小林" in out
    assert "mm_1_2_4" in out
    assert run("creator", "pid", "小李", "taobao", "mm_1_2_4")[0] == 0
    engine = open_engine(database)
    with engine.begin() as connection:
        known = known_promoters(connection)
    engine.dispose()
    first, second = (known[Platform.TAOBAO, "pid", pid] for pid in ("mm_1_2_3", "mm_1_2_4"))
    assert first != second


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("小王", "taobao", "mm_1_2_3"), "没有达人 '小王'；先运行 mingzhang creator add 小王"),
        (("小林", "amazon", "mm_1_2_3"), "不认识平台 'amazon'；可以是 1688、jd、"),
        (("小林", "taobao", "推广位一"), "读不懂 PID '推广位一'；只有字母、数字、_ 和 -"),
        (("小林", "taobao", "mm_1_2_3", ""), "读不懂 PID ''"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(
    run: Run, database: str, words: tuple[str, ...], complaint: str
) -> None:
    run("creator", "add", "小林")
    status, _, err = run("creator", "pid", *words)
    assert status == 2
    assert complaint in err
    assert "Traceback" not in err
    engine = open_engine(database)
    with engine.begin() as connection:
        assert known_promoters(connection) == {}
    engine.dispose()
