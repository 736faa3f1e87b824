"""What `mingzhang creator pid`, `load` and `link` keep and say, and what they refuse."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import SystemClock
from bot.simulator.demo import DemoServer
from bot.store.creators import known_promoters
from bot.store.database import open_engine, upgrade
from bot.store.people import bind
from bot.sync.creators_file import CreatorsFile, follow_creators
from settlement.model import Platform
from tests.clocks import MachineClock
from tests.command_line import Run, running

TOKEN = "42:AAtest-token"  # noqa: S105


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path}/mingzhang.db"
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", url)
    return url


@pytest.fixture
def run(database: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line over a database that no bot has opened yet."""
    return running(capfd, monkeypatch)


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
        (("小林", "amazon", "mm_1_2_3"), "没有平台 'amazon'；可用 1688、jd、"),
        (("小林", "taobao", "推广位一"), "读不懂 PID '推广位一'；只有字母、数字、_ 和 -"),
        (("小林", "taobao", "mm_1_2_3", ""), "读不懂 PID ''"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(
    run: Run, database: str, words: tuple[str, ...], complaint: str
) -> None:
    run("creator", "add", "小林")
    status, _, (err,) = run("creator", "pid", *words)
    assert status == 2
    assert complaint in err
    engine = open_engine(database)
    with engine.begin() as connection:
        assert known_promoters(connection) == {}
    engine.dispose()


async def test_a_link_names_the_bot_as_telegram_does(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("creator", "add", "小林")
    monkeypatch.setenv("MINGZHANG_TOKEN", TOKEN)
    async with DemoServer(TOKEN, [], MachineClock()) as server:
        monkeypatch.setenv("MINGZHANG_BOT_API", server.url)
        status, out, err = await asyncio.to_thread(run, "creator", "link", "小林")
        address = f"https://t.me/{server.world.bot.username}?start=b_"
    assert (status, err) == (0, [])
    assert re.search(rf"^{re.escape(address)}[\w-]{{32}}$", out, re.MULTILINE)


@pytest.mark.parametrize("token", [None, TOKEN])
def test_who_cannot_be_given_a_link_is_told_what_to_send(
    run: Run, database: str, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    """Without a token, or while Telegram is away: the code binds all the same."""
    if token:
        monkeypatch.setenv("MINGZHANG_TOKEN", token)
        monkeypatch.setenv("MINGZHANG_BOT_API", "http://127.0.0.1:9")
    run("creator", "add", "小林")
    status, out, (err,) = run("creator", "link", "小林")
    assert status == 0
    assert "mingzhang doctor" in err
    sent = re.search(r"^/start b_([\w-]{32})$", out, re.MULTILINE)
    assert sent
    engine = open_engine(database)
    with engine.begin() as connection:
        bind(connection, 7, sent[1], SystemClock().now())
    engine.dispose()


TABLE = """
小林: {jd: {推广位: 短视频1}, taobao: {pid: [mm_1_2_3, mm_1_2_4]}}
小李: {taobao: {推广位ID: "77"}}
"""


def known_of(database: str) -> dict[tuple[Platform, str, str], int]:
    engine = open_engine(database)
    with engine.begin() as connection:
        known = known_promoters(connection)
    engine.dispose()
    return known


def test_a_table_of_creators_adds_and_never_takes_away(
    run: Run, database: str, tmp_path: Path
) -> None:
    run("creator", "add", "小王", "--promoter", "jd:position=直播9")
    table = tmp_path / "creators.yaml"
    table.write_text(TABLE, "utf-8-sig")
    status, tried, _ = run("creator", "load", str(table), "--dry-run")
    assert (status, len(known_of(database))) == (0, 1)
    status, out, _ = run("creator", "load", str(table))
    assert status == 0
    assert tried == f"试运行，没有写入\n{out}"
    assert out.splitlines() == [
        "新增达人 2 位：小林、小李",
        "新增叫法 4 个：小林（jd position 短视频1）、小林（taobao pid mm_1_2_3）、"
        "小林（taobao pid mm_1_2_4）、小李（taobao position_id 77）",
    ]
    known = known_of(database)
    assert known[Platform.TAOBAO, "pid", "mm_1_2_4"] != known[Platform.TAOBAO, "position_id", "77"]
    assert (Platform.JD, "position", "直播9") in known
    assert run("creator", "load", str(table))[1] == "没有变化：4 个叫法都已登记\n"


@pytest.mark.parametrize("word", ["推广位", "position", " 推广位 "])
def test_what_a_report_calls_a_creator_may_be_said_as_its_column_is_called(
    run: Run, database: str, word: str
) -> None:
    """What is kept is the kind of name that rows of reports are looked up by."""
    assert run("creator", "add", " 小林 ", "--promoter", f"jd:{word}=短视频1")[0] == 0
    assert list(known_of(database)) == [(Platform.JD, "position", "短视频1")]
    assert run("creator", "link", "小林")[0] == 0


def test_a_name_that_moves_is_told(run: Run, database: str, tmp_path: Path) -> None:
    run("creator", "add", "小王", "--promoter", "jd:position=短视频1")
    table = tmp_path / "creators.yaml"
    table.write_text(TABLE, "utf-8")
    status, out, _ = run("creator", "load", str(table))
    assert status == 0
    assert (
        "jd position 短视频1：小王 → 小林；以后导入的订单归 小林，以前的仍归 小王"
        in out.splitlines()
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "creators.yaml：整个文件：打不开（No such file or directory）；请检查路径和权限"),
        ("小林: {}\n".encode("gb18030"), "从第 2 个字节起不是 UTF-8；请存成 UTF-8"),
        (
            b"a: {jd: {position: 1}}",
            "creators.yaml：a.jd.position：1 是空的，或不是文字；请加引号",
        ),
    ],
)
def test_a_table_that_cannot_be_read_changes_nothing(
    run: Run, database: str, tmp_path: Path, content: bytes | None, words: str
) -> None:
    table = tmp_path / "creators.yaml"
    if content is not None:
        table.write_bytes(content)
    status, _, (err,) = run("creator", "load", str(table))
    assert status == 2
    assert words in err
    assert known_of(database) == {}


async def test_a_running_bot_follows_the_table(
    database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_engine(database)
    upgrade(engine)
    table = tmp_path / "creators.yaml"
    file = CreatorsFile(engine, table, lambda: datetime(2026, 11, 22, tzinfo=UTC))
    contents = (
        "小林: {jd: {推广位: 一号}}",
        "小林: {jd: {推广位: [",
        "小林: {jd: {推广位: 第二}}",
    )
    for content in (None, *contents, contents[-1]):
        if content is not None:
            table.write_text(content, "utf-8")
        file.look()
    engine.dispose()
    assert [value for _, _, value in known_of(database)] == ["一号", "第二"]
    assert [record.getMessage() for record in caplog.records] == [
        "creators.yaml cannot be used: mingzhang creator load says why"
    ] * 2


async def test_without_a_table_nothing_is_followed(database: str) -> None:
    engine = open_engine(database)
    await follow_creators(engine, None, lambda: datetime(2026, 11, 22, tzinfo=UTC))
    engine.dispose()


def test_a_sync_reads_the_table_before_it_asks_anybody(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "creators.yaml"
    table.write_text("小林: {jd: {推广位: 1}}", "utf-8")
    given = {"CREATORS": str(table), "JD_APP_KEY": "key", "JD_APP_SECRET": "secret"}
    for name, value in given.items():
        monkeypatch.setenv(f"MINGZHANG_{name}", value)
    status, _, err = run("sync", "--once")
    assert status == 2
    assert "小林.jd.推广位：1 是空的，或不是文字；请加引号" in "\n".join(err)
