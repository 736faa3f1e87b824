"""The page Rules: figures and their age, trying and publishing an edit, the holiday notice."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine

from bot.console.rules import effects
from bot.publishing.candidate import build_rulebook
from bot.publishing.publisher import files_in_force
from bot.store.creators import add_creator
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.revisions import list_publications
from bot.store.signing_in import open_session
from bot.store.staff import LOCAL, StaffRole
from settlement.rulebook import Rulebook, shipped_rulebook
from tests.console.conftest import NOW, Browser, Console
from tests.console.test_orders import LINE

DAY = "/console/rules/figure/1688.payout_day"
INVENTED = (Path(__file__).parents[1] / "settlement/invented_notice_2027.txt").read_text("utf-8")
TWENTIETH = {"first": "2026-01-01", "figure": "20", "source": "平台公告"}


@pytest.fixture
def database(sqlite_database: str) -> str:
    """One database will do: what the page asks is asked of both in test_other_rules.py."""
    return sqlite_database


@pytest.fixture
def lines(engine: Engine) -> None:
    """Three lines of 小林 of which the payout day follows from the rule."""
    with engine.begin() as connection:
        owner = add_creator(connection, "小林", NOW)
    report = ReportImport(engine, "七月.csv", "hash", NOW)
    orders = [replace(LINE, order_number=f"20260731000{n}") for n in range(3)]
    report.add([OwnedOrder(owner, order) for order in orders])
    report.publish(refused=0)


def in_force(console: Console) -> Rulebook:
    with console.engine.connect() as connection:
        return build_rulebook(files_in_force(connection))


def hidden(page: str, name: str) -> str:
    found = re.findall(rf'name="{name}" value="([^"]*)"', page)
    return str(found[-1])


async def test_figures_not_looked_up_for_long_stand_out(console: Console) -> None:
    console.clock.instant = datetime(2026, 12, 1, tzinfo=UTC)
    viewer = console.browser(StaffRole.VIEWER)
    page = await viewer.get("/console/rules")
    count = len(shipped_rulebook().rules)
    assert f"全部 {count}" in page.words
    assert "三个月没核对 0" in page.words
    assert "S1688-15" in page.words
    console.clock.instant = NOW + timedelta(days=365)
    viewer = console.browser(StaffRole.VIEWER)
    page = await viewer.get("/console/rules?old=1")
    assert f"三个月没核对 {count}" in page.words
    assert 'class="tag bad"' in page.text
    one = await viewer.get("/console/rules?fact=S1688-14")
    assert re.findall(r"/console/rules/figure/([\w.]+)", one.text) == ["1688.visible_after_days"]
    english = await console.browser(StaffRole.VIEWER, "en").get(DAY)
    assert "Last checked" in english.words
    assert "A new value" not in english.words


async def test_a_figure_is_tried_then_published_and_can_be_taken_out(
    console: Console, lines: None
) -> None:
    editor = console.browser(StaffRole.EDITOR)
    trial = await editor.post(f"{DAY}/try", TWENTIETH)
    assert trial.status == 200
    assert "从 2026年1月1日 起是 20（平台公告）" in trial.words
    assert trial.words.count("2026-09-15 → 2026-09-20") == 3
    assert "看了 3 行，3 行会变" in trial.words
    assert "+payout_day:" in trial.words
    assert in_force(console).number("1688.payout_day", date(2026, 9, 1)) == 15

    mark = hidden(trial.text, "mark")
    done = await editor.post(f"{DAY}/publish", TWENTIETH | {"mark": mark, "note": "新公告"})
    assert (done.status, done.headers["Location"]) == (303, f"{DAY}?said=done_published")
    assert in_force(console).number("1688.payout_day", date(2026, 9, 1)) == 20
    page = await editor.get(DAY)
    assert "平台公告" in page.words
    assert "自己的" in page.words

    taken_out = {"first": "2026-01-01", "taken_out": "1"}
    trial = await editor.post(f"{DAY}/try", taken_out)
    mark = hidden(trial.text, "mark")
    assert (await editor.post(f"{DAY}/publish", taken_out | {"mark": mark})).status == 303
    assert in_force(console).number("1688.payout_day", date(2026, 9, 1)) == 15
    again = await editor.post(f"{DAY}/try", taken_out)
    assert again.status == 422
    assert "没有自己填的值可以撤掉" in again.words
    kinds = [kind for kind, about in console.recorded if about == "rule:1688.payout_day"]
    assert kinds == ["rule_changed", "rule_changed"]
    assert ("orders_compared", "") in console.recorded


async def test_what_another_editor_changed_meanwhile_is_not_overwritten(
    console: Console, lines: None
) -> None:
    editor = console.browser(StaffRole.EDITOR)
    mark = hidden((await editor.post(f"{DAY}/try", TWENTIETH)).text, "mark")
    other = TWENTIETH | {"first": "2026-06-01", "figure": "18"}
    others = hidden((await editor.post(f"{DAY}/try", other)).text, "mark")
    assert (await editor.post(f"{DAY}/publish", other | {"mark": others})).status == 303
    late = await editor.post(f"{DAY}/publish", TWENTIETH | {"mark": mark})
    assert late.status == 409
    assert "别人改了同一个文件" in late.words
    assert in_force(console).number("1688.payout_day", date(2026, 9, 1)) == 18
    assert in_force(console).number("1688.payout_day", date(2026, 1, 1)) == 15


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"first": "", "figure": "20"}, "请填从哪天起"),
        ({"first": "2026-01-01", "figure": "32"}, '32 不是这里要的写法；请写成 "15"，最大 "31"'),
        ({"first": "2026-01-01", "figure": ""}, "没有填数字"),
        ({"first": "2026-01-01", "figure": "<script>"}, "<script> 不是这里要的写法"),
    ],
)
async def test_what_is_no_figure_is_said_beside_the_form(
    console: Console, form: dict[str, str], words: str
) -> None:
    answer = await console.browser(StaffRole.EDITOR).post(f"{DAY}/try", form)
    assert answer.status == 422
    assert words in answer.words
    assert "<script>" not in answer.text


async def test_whoever_signed_in_from_the_machine_publishes_as_the_console(
    console: Console,
) -> None:
    with console.engine.begin() as connection:
        token = open_session(connection, LOCAL, "", NOW)
    here = Browser(console.address, console.client, token)
    assert (await here.post(f"{DAY}/looked")).status == 303
    with console.engine.connect() as connection:
        assert list_publications(connection)[0].author == "console"


async def test_a_look_at_the_source_moves_the_day_of_the_check(console: Console) -> None:
    console.clock.instant = datetime(2027, 3, 1, 4, tzinfo=UTC)
    editor = console.browser(StaffRole.EDITOR)
    assert (await editor.post(f"{DAY}/looked")).status == 303
    assert in_force(console).rule("1688.payout_day").last_checked == date(2027, 3, 1)
    assert console.recorded == [("rule_looked_up", "rule:1688.payout_day")]
    packed = await download(editor)
    assert packed == {
        "rules/alibaba1688.yaml": (
            "# Figures of our own; each takes effect from its first day.\n"
            "payout_day:\n  last_checked: 2027-03-01\n"
        )
    }
    assert (await editor.post("/console/rules/figure/1688.no_such/looked")).status == 404


async def download(browser: Browser) -> dict[str, str]:
    address = f"{browser.address}/console/rules/download"
    async with browser.client.get(address, cookies={"mingzhang": browser.token}) as response:
        with ZipFile(BytesIO(await response.read())) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}


async def test_the_walk_goes_on_piece_by_piece_to_the_end(
    console: Console, lines: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "LINES_AT_ONCE", 1)
    monkeypatch.setattr(effects, "MOST_SHOWN", 2)
    editor = console.browser(StaffRole.EDITOR)
    page = await editor.post(f"{DAY}/try", TWENTIETH)
    assert "看了 1 行，1 行会变；库里约有 3 行" in page.words
    names = ("judged", "changed", "unreadable", "shown", "below", "all")
    form = TWENTIETH | {name: hidden(page.text, name) for name in names}
    part = await editor.send(
        "POST",
        f"{DAY}/further",
        form | {"all_of_it": "1", "csrf": hidden(page.text, "csrf")},
        {"HX-Request": "true", "Origin": editor.address},
    )
    assert part.status == 200
    assert "<html" not in part.text
    assert 'hx-trigger="load delay:300ms, submit"' in part.text
    assert "看了 2 行，2 行会变" in part.words
    form = TWENTIETH | {name: hidden(part.text, name) for name in names}
    last = await editor.post(f"{DAY}/further", form)
    assert "看了 3 行，3 行会变" in last.words
    assert "有 1 行没有列出" in last.words
    assert "都看过了" in last.words
    assert "<html" in last.text  # without htmx it is a page


async def test_a_notice_is_read_drawn_and_published(console: Console, lines: None) -> None:
    console.clock.instant = datetime(2026, 11, 26, 4, tzinfo=UTC)
    editor = console.browser(StaffRole.EDITOR)
    assert "2027 年的放假安排还没有录入" in (await editor.get("/console/rules")).words
    form = {"text": INVENTED.replace("\n", "\r\n")}
    page = await editor.post("/console/rules/calendar/try", form)
    assert page.status == 200
    for words in (
        "七个节都在",
        "国办发明电\u30142026\u301599号",
        "2027年5月17日",
        "2027年5月15日",
    ):
        assert words in page.words
    assert page.words.count("变了") == 1
    assert page.text.count('<svg class="chart month"') >= 12
    assert not in_force(console).calendar.is_official(2027)

    mark = hidden(page.text, "mark")
    done = await editor.post("/console/rules/calendar/publish", form | {"mark": mark})
    assert done.status == 303
    assert done.headers["Location"].endswith("/rules/calendar?year=2027&said=done_calendar")
    calendar = in_force(console).calendar
    assert calendar.is_official(2027)
    assert calendar.is_workday(date(2027, 5, 15))
    assert not calendar.is_workday(date(2027, 2, 12))
    shown = await editor.get("/console/rules/calendar?year=2027")
    assert "2027 已公布" in shown.words
    assert "还没有录入" not in (await editor.get("/console/rules")).words
    assert ("calendar_changed", "year:2027") in console.recorded


async def test_a_notice_with_doubts_is_looked_at_or_not_used(console: Console) -> None:
    editor = console.browser(StaffRole.EDITOR)
    wrong = INVENTED.replace("5月15日（周六）上班", "5月15日（周日）上班")
    page = await editor.post("/console/rules/calendar/try", {"text": wrong})
    assert page.status == 422
    assert "星期对不上：2027-05-15（周日）" in page.words
    assert "5月15日（周日）上班" in page.words  # what was pasted stays

    odd = INVENTED.replace("5月15日（周六）上班", "8月7日（周六）上班")
    page = await editor.post("/console/rules/calendar/try", {"text": odd})
    assert "调休日离假期太远：劳动节 2027-08-07" in page.words
    form = {"text": odd, "mark": hidden(page.text, "mark")}
    hasty = await editor.post("/console/rules/calendar/publish", form)
    assert hasty.status == 409
    assert "请先对照通知原文" in hasty.words
    assert not in_force(console).calendar.is_official(2027)
    done = await editor.post("/console/rules/calendar/publish", form | {"compared": "1"})
    assert done.status == 303
    assert in_force(console).calendar.is_workday(date(2027, 8, 7))


async def test_any_year_can_be_looked_at(console: Console) -> None:
    english = console.browser(StaffRole.VIEWER, "en")
    page = await english.get("/console/rules/calendar?year=2024")
    assert "2024 published" in page.words
    assert "February" in page.words
    assert "Paste next year's notice" not in page.words
    for year in ("1", "999999", "x"):
        assert (await english.get(f"/console/rules/calendar?year={year}")).status == 200


async def test_a_folder_that_cannot_be_written_is_said_and_the_edit_holds(
    console: Console, tmp_path: Path
) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    settings = console.parts.settings.model_copy(update={"rules_dir": folder})
    object.__setattr__(console.parts, "settings", settings)
    editor = console.browser(StaffRole.EDITOR)
    trial = await editor.post(f"{DAY}/try", TWENTIETH)
    mark = hidden(trial.text, "mark")
    assert (await editor.post(f"{DAY}/publish", TWENTIETH | {"mark": mark})).status == 303
    written = (folder / "alibaba1688.yaml").read_text("utf-8")
    assert '2026-01-01: "20"' in written

    (folder / "jd.yaml").write_text("payout_day: {last_checked: 2026-01-01}\n", "utf-8")
    later = TWENTIETH | {"first": "2026-07-01"}
    mark = hidden((await editor.post(f"{DAY}/try", later)).text, "mark")
    stopped = await editor.post(f"{DAY}/publish", later | {"mark": mark})
    assert stopped.status == 409
    assert "rules/jd.yaml" in stopped.words
