"""What the operator is alarmed of: which causes there are, and that each is told once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import Engine, create_engine, select

from bot.desk.alarming import Cause, alarm_words, is_over, is_wrong
from bot.desk.replies import Say
from bot.desk.snapshot import Snapshot
from bot.health.alarms import Alarms
from bot.health.causes import Delivery, Seen, causes_of
from bot.health.condition import Condition
from bot.simulator.demo import DemoServer
from bot.simulator.people import Person
from bot.store.alarms import note_causes
from bot.store.gauges import Gauges
from bot.store.tables import outbox, quarantine
from bot.sync.figures import shipped_figures
from bot.telegram.alarming import AlarmApi
from bot.telegram.transport import BotApi
from settlement.workdays import WorkCalendar
from tests.clocks import StandingClock
from tests.health.conftest import NOW, WELL

CASES = YAML(typ="safe").load(Path(__file__).with_name("causes.yaml").read_text("utf-8"))
SPRING = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ADMIN = 7


def seen(case: Mapping[str, Any], now: datetime) -> Seen:
    def ago(name: str) -> datetime | None:
        return now - case[name] * MINUTE if name in case else None

    counts = {tuple(name.split()): count for name, count in case.get("outbox", {}).items()}
    gauges = Gauges(
        counts, {}, ago("answer"), ago("letter"), ago("push"), 1, ago("quarantined"),
        *(0, 0, None, 0, None, None, None),
    )  # fmt: skip
    at = ago("delivery")
    delivery = Delivery("SSL error", at) if at else None
    return Seen(gauges, WorkCalendar(), delivery, case.get("late", ()), case.get("alone", False))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_what_is_worth_an_alarm(case: Mapping[str, Any]) -> None:
    now = datetime.combine(case["now"], SPRING.timetz()) if "now" in case else SPRING
    assert [cause.name for cause in causes_of(seen(case, now), now)] == case["causes"]


def test_every_cause_has_words_for_its_beginning_and_its_end() -> None:
    for kind in alarm_words():
        cause = Cause(kind, "2030", "<b>SSL</b>", count=3, minutes=9)
        assert "<b>SSL" not in is_wrong(cause).html
        assert is_over(Cause.named(cause.name)).html.startswith("✅ 好了：")
    assert {each.partition(":")[0] for case in CASES for each in case["causes"]} | {
        "database"
    } == set(alarm_words())


def test_a_cause_is_told_once_and_so_is_its_end_however_often_it_comes(engine: Engine) -> None:
    def look(minutes: int, *causes: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        with engine.begin() as connection:
            news = note_causes(connection, causes, NOW + minutes * MINUTE)
        return news.begun, news.ended

    assert look(0, "answers", "sync:jd") == (("answers", "sync:jd"), ())
    assert look(1, "answers", "sync:jd") == ((), ())
    assert look(2, "sync:jd") == ((), ("answers",))
    # It comes back too soon to be told again, goes unheard, and comes back once more.
    assert look(3, "answers", "sync:jd") == ((), ())
    assert look(4, "sync:jd") == ((), ())
    assert look(30, "answers", "sync:jd") == ((), ())
    assert look(59, "answers", "sync:jd") == ((), ())
    assert look(60, "answers", "sync:jd") == (("answers",), ())
    assert look(61) == ((), ("answers", "sync:jd"))
    # A clock set back by a day makes nobody deaf for a day.
    assert look(-1440, "answers") == (("answers",), ())


@pytest.fixture
def alarms_of(
    snapshot: Snapshot,
) -> Callable[..., tuple[Alarms, list[tuple[int, str]], list[Any]]]:
    def make(
        engine: Engine, condition: Sequence[Condition] = (WELL,)
    ) -> tuple[Alarms, list[tuple[int, str]], list[Any]]:
        directly: list[tuple[int, str]] = []
        at = [NOW]

        async def say(chat: int, said: Say) -> None:
            directly.append((chat, said.html))

        async def nothing() -> None:
            return None

        alarms = Alarms(
            engine,
            lambda: snapshot,
            lambda: at[0],
            shipped_figures(),
            bot=42,
            chats=(ADMIN, 8),
            platforms=(),
            alone=True,
            condition=lambda: condition[0],
            delivery=nothing,
            say_directly=say,
        )
        return alarms, directly, at

    return make


def letters(engine: Engine) -> list[tuple[int, str]]:
    with engine.begin() as connection:
        found = connection.execute(select(outbox.c.chat, outbox.c.payload).order_by(outbox.c.id))
        return [(chat, payload["html"].splitlines()[0]) for chat, payload in found]


async def test_an_alarm_goes_to_everybody_through_the_outbox(
    engine: Engine, alarms_of: Callable[..., Any]
) -> None:
    alarms, directly, at = alarms_of(engine)
    at[0] = SPRING
    poison = {"bot": 42, "update": 7, "body": "{}", "problem": "boom", "set_aside_at": SPRING}
    with engine.begin() as connection:
        connection.execute(quarantine.insert(), poison)
    await alarms.look()
    await alarms.look()
    begun = "⚠️ 有消息处理不了，放进了隔离区（共 1 条）。"
    assert letters(engine) == [(ADMIN, begun), (8, begun)]
    at[0] = SPRING + HOUR + MINUTE
    await alarms.look()
    over = "✅ 好了：一小时里没有消息再处理不了。"
    assert letters(engine)[2:] == [(ADMIN, over), (8, over)]
    assert directly == []


async def test_a_database_that_fails_is_told_past_the_outbox_and_its_return_through_it(
    engine: Engine, alarms_of: Callable[..., Any]
) -> None:
    alarms, directly, at = alarms_of(create_engine("sqlite:////nowhere/else"))
    at[0] = SPRING
    await alarms.look()
    assert directly == []
    for minutes in (1, 2, 3, 60):
        at[0] = SPRING + minutes * MINUTE
        await alarms.look()
    told = "⚠️ 数据库用不了，已经 2 分钟。"
    assert [(chat, html.splitlines()[0]) for chat, html in directly] == [(ADMIN, told), (8, told)]
    alarms._engine = engine
    await alarms.look()
    assert letters(engine) == [(ADMIN, "✅ 好了：数据库恢复了。"), (8, "✅ 好了：数据库恢复了。")]
    await alarms.look()
    assert len(letters(engine)) == 2


async def test_a_full_disk_is_told_though_all_can_be_read(
    engine: Engine, alarms_of: Callable[..., Any]
) -> None:
    condition = [replace(WELL, failing=1.0)]
    alarms, directly, at = alarms_of(engine, condition)
    for minutes in range(4):
        at[0] = SPRING + minutes * MINUTE
        await alarms.look()
    told = "⚠️ 数据库用不了，已经 2 分钟。"
    assert [(chat, html.splitlines()[0]) for chat, html in directly] == [(ADMIN, told), (8, told)]
    assert letters(engine) == []
    condition[0] = WELL
    await alarms.look()
    assert letters(engine) == [(ADMIN, "✅ 好了：数据库恢复了。"), (8, "✅ 好了：数据库恢复了。")]


async def test_telegrams_complaints_are_heard_and_a_word_reaches_a_person() -> None:
    async with DemoServer(
        "42:AAtest-token", [Person(ADMIN, "小林")], StandingClock(NOW)
    ) as server:
        server.world.say(ADMIN, "/start")
        server.world.webhook_failed("SSL error")
        api = AlarmApi(BotApi(server.url, "42:AAtest-token"), webhook=True)
        assert await api.delivery() == Delivery("SSL error", NOW)
        await api.say(ADMIN, is_wrong(Cause("database", minutes=9)))
        texts = [each.content.text for each in server.world.messages(ADMIN) if each.by_bot]
        await api.close()
    assert texts[0].startswith("⚠️ 数据库用不了，已经 9 分钟。")
