"""Creators in the console: found, named, bound by a link, unbound, merged; requests decided."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.console.words import is_word
from bot.desk.effects import RequestBinding
from bot.desk.facts import Dialogue, RequestKey
from bot.store.binding_requests import request_binding
from bot.store.creators import add_creator, creators_by_name, known_promoters, make_binding_code
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.people import Acquaintance, bind, creators_of, remember
from bot.store.staff import StaffRole
from bot.store.tables import outbox
from settlement.creators_file import kinds
from settlement.model import Order, Platform
from tests.console.conftest import NOW, Browser, Console

PERSON, ASKER = 7, 8


@pytest.fixture
def editor(console: Console) -> Browser:
    """Two creators, 小雅 (1) with somebody bound and an order, 小雅短视频 (2) with an order."""
    with console.engine.begin() as connection:
        for user, name in ((PERSON, "雅"), (ASKER, "问的人")):
            remember(connection, [Acquaintance(user, user, name, "en", Dialogue())], NOW)
        first = add_creator(connection, "小雅", NOW)
        second = add_creator(connection, "小雅短视频", NOW)
        bind(connection, PERSON, make_binding_code(connection, first, NOW), NOW)
    for number, creator in (("284500000001", first), ("284500000002", second)):
        report = ReportImport(console.engine, "r.csv", number, NOW)
        report.add([OwnedOrder(creator, Order(platform=Platform.JD, order_number=number))])
        report.publish(refused=0)
    return console.browser(StaffRole.EDITOR)


def bound(console: Console, user: int) -> list[str]:
    with console.engine.connect() as connection:
        return [name for _, name in creators_of(connection, [user]).get(user, [])]


def told(console: Console, user: int) -> list[str]:
    with console.engine.connect() as connection:
        found = select(outbox.c.payload).where(outbox.c.chat == user).order_by(outbox.c.id)
        return [payload["html"] for payload in connection.execute(found).scalars()]


async def test_a_link_binds_once_and_is_shown_once(console: Console, editor: Browser) -> None:
    agent = console.browser(StaffRole.AGENT)
    made = await agent.post("/console/creators/1/link")
    found = re.search(r"https://t\.me/mingzhang_bot\?start=b_([\w-]{32})", made.text)
    assert found is not None
    assert '<svg viewBox="0 0 ' in made.text
    assert "style=" not in made.text, "the content policy would drop it"
    with console.engine.begin() as connection:
        bind(connection, ASKER, found[1], NOW)
    assert bound(console, ASKER) == ["小雅"]
    assert found[1] not in (await agent.get("/console/creators/1")).text
    assert console.recorded == [("binding_link_made", "creator:1")]


async def test_whoever_is_unbound_is_told(console: Console, editor: Browser) -> None:
    agent = console.browser(StaffRole.AGENT)
    shown = await agent.get("/console/creators/1")
    assert "雅" in shown.words
    assert (await agent.post("/console/creators/1/unbind", {"user": str(PERSON)})).status == 303
    assert bound(console, PERSON) == []
    assert len(told(console, PERSON)) == 1
    assert "小雅" in told(console, PERSON)[0]
    assert (await agent.post("/console/creators/1/unbind", {"user": str(PERSON)})).status == 409
    assert console.recorded == [("unbound", "creator:1")]


async def test_names_are_added_moved_and_removed(console: Console, editor: Browser) -> None:
    pid = {"platform": "taobao", "kind": "pid", "value": "mm_1_22_333"}
    assert (await editor.post("/console/creators/1/call", pid)).status == 303
    taken = await editor.post("/console/creators/2/call", pid)
    assert taken.status == 409
    assert "另一位达人的" in taken.words
    assert (await editor.post("/console/creators/2/call", pid | {"moving": "yes"})).status == 303
    with console.engine.connect() as connection:
        assert known_promoters(connection) == {(Platform.TAOBAO, "pid", "mm_1_22_333"): 2}
    wrong = await editor.post("/console/creators/2/call", pid | {"value": "mm_1"})
    assert wrong.status == 422
    await editor.post("/console/creators/2/call-no-more", pid)
    with console.engine.connect() as connection:
        assert known_promoters(connection) == {}
    assert "小雅短视频" in (await editor.get("/console/creators?search=短视频")).words
    assert [kind for kind, _ in console.recorded] == ["called", "called", "called_no_more"]


async def test_a_creator_is_registered_and_renamed(console: Console, editor: Browser) -> None:
    made = await editor.post("/console/creators/add", {"name": "Anna <b>"})
    assert made.headers["Location"] == "/console/creators/3?said=done_added"
    assert "Anna <b>" in (await editor.get("/console/creators/3")).words
    known = await editor.post("/console/creators/add", {"name": "小雅"})
    assert known.headers["Location"] == "/console/creators/1?said=done_known"
    taken = await editor.post("/console/creators/3/rename", {"name": "小雅"})
    assert taken.status == 409
    assert "已经有一位达人叫这个名字" in taken.words
    assert (await editor.post("/console/creators/3/rename", {"name": ""})).status == 422
    assert (await editor.post("/console/creators/3/rename", {"name": "安娜"})).status == 303
    with console.engine.connect() as connection:
        assert creators_by_name(connection)["安娜"] == 3
    assert (await editor.get("/console/creators/9")).status == 404


def test_every_kind_of_name_is_called_something() -> None:
    found = {kind for platform in Platform for kind in kinds(platform).values()}
    assert sorted(kind for kind in found if not is_word("creators", f"kind_{kind}")) == []


async def test_two_that_are_one_are_merged_after_a_preview(
    console: Console, editor: Browser
) -> None:
    seen = await editor.get("/console/creators/2/merge?into=小雅")
    assert "不能撤销" in seen.words
    merged = await editor.post("/console/creators/2/merge", {"target": "1", "into": "小雅"})
    assert merged.headers["Location"] == "/console/creators/1?said=done_merged"
    console.parts.afterwards.shutdown()
    shown = await editor.get("/console/creators/1")
    assert "订单行 2" in shown.words
    with console.engine.connect() as connection:
        assert creators_by_name(connection) == {"小雅": 1}
    refused = await editor.post("/console/creators/1/merge", {"target": "1", "into": "小雅"})
    assert refused.status == 409
    assert "不能合并到自己" in refused.words
    assert console.recorded == [("creators_merged", "creator:1")]


async def test_what_the_operators_file_says_is_left_to_it(
    console: Console, editor: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "creators.yaml"
    file.write_text('小雅:\n  jd: {推广位: "小雅"}\n', encoding="utf-8")
    object.__setattr__(
        console.parts, "settings", console.parts.settings.model_copy(update={"creators": file})
    )
    assert "creators.yaml" in (await editor.get("/console/creators")).words
    for path, form in (
        ("1/rename", {"name": "雅雅"}),
        ("1/call", {"platform": "jd", "kind": "pid", "value": "1"}),
        ("2/rename", {"name": "小雅"}),
        ("1/merge", {"target": "2", "into": "小雅短视频"}),
    ):
        assert (await editor.post(f"/console/creators/{path}", form)).status == 409, path
    assert (await editor.post("/console/creators/2/rename", {"name": "短视频"})).status == 303
    file.write_text("小雅: [", encoding="utf-8")
    assert "读不了" in (await editor.get("/console/creators")).words
    assert (await editor.post("/console/creators/2/rename", {"name": "别的"})).status == 409


async def test_a_request_to_be_bound_is_decided_once_and_the_asker_told(
    console: Console, editor: Browser
) -> None:
    for mark, account in (("markmark", "小雅"), ("mark-two", "谁也不是")):
        with console.engine.begin() as connection:
            wish = RequestBinding(RequestKey(ASKER, mark), "douyin", account)
            request_binding(connection, wish, NOW)
    agent = console.browser(StaffRole.AGENT)
    assert "谁也不是" in (await agent.get("/console/creators")).words
    path = f"/console/creators/requests/{ASKER}"
    assert (await agent.post(f"{path}/markmark", {"decision": "1"})).status == 303
    assert bound(console, ASKER) == ["小雅"]
    assert (await agent.post(f"{path}/markmark", {"decision": "refuse"})).status == 409
    assert (await agent.post(f"{path}/mark-two", {"decision": "999"})).status == 409
    assert (await agent.post(f"{path}/mark-two", {})).status == 422
    assert (await agent.post(f"{path}/mark-two", {"decision": "refuse"})).status == 303
    assert (await agent.post(f"{path}/oops", {"decision": "refuse"})).status == 409
    assert len(told(console, ASKER)) == 2
    assert [kind for kind, _ in console.recorded] == ["binding_approved", "binding_refused"]
