"""What becomes of a case when Telegram refuses, loses answers, moves the group or goes away."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from bot.simulator.faults import Fault
from bot.simulator.groups import Group
from bot.simulator.messages import Message
from bot.simulator.refusal import Refusal, bad_request, forbidden
from bot.store.erasing import forget_person
from bot.store.tables import handoffs, outbox
from tests.conversations.staging import OPERATORS, Stage

WORLD = Path(__file__).parents[1] / "conversations" / "world.yaml"
TOLD = {"as_of": "", "operators": {"客服甲": 801}}
LI, STAFF = 102, 801
MOVED = -100901
Until = Callable[..., Awaitable[None]]


@pytest.fixture
async def stage(tmp_path: Path, clock: Any) -> AsyncIterator[Stage]:
    told_world = YAML(typ="safe").load(WORLD.read_text(encoding="utf-8"))
    async with Stage(told_world, {**TOLD, "as_of": clock.instant}, tmp_path).open() as stage:
        yield stage


def by_bot(stage: Stage, chat: int) -> list[Message]:
    topics = {topic for group in stage.telegram.groups for topic in group.topics}
    found = stage.telegram.messages(chat)
    return [each for each in found if each.by_bot and each.id not in topics]


def texts(stage: Stage, chat: int) -> list[str]:
    return [each.content.text for each in by_bot(stage, chat)]


def refuse(stage: Stage, method: str, refusal: Refusal, **where: object) -> None:
    def decide(called: str, parameters: Mapping[str, object]) -> Fault | None:
        here = all(parameters.get(name) == value for name, value in where.items())
        return Fault(refusal=refusal) if called == method and here else None

    stage.server.bot_api.faults = decide


def lose_first(stage: Stage, method: str) -> None:
    lost: list[str] = []

    def decide(called: str, _: Mapping[str, object]) -> Fault | None:
        if called != method or lost:
            return None
        lost.append(called)
        return Fault(answer_lost=True)

    stage.server.bot_api.faults = decide


def has_state(stage: Stage, state: str) -> bool:
    """Whether a row waits for another try."""
    with stage.world.engine.begin() as connection:
        tried = (outbox.c.state == state) & (outbox.c.attempts > 0)
        return connection.execute(select(outbox.c.id).where(tried)).first() is not None


async def say(stage: Stage, person: int, text: str, **where: Any) -> None:
    stage.crowd.say(person, text, **where)
    await stage.quiet()


async def staff_say(stage: Stage, text: str) -> None:
    await say(stage, STAFF, text, chat=OPERATORS, thread=stage.topic())


async def test_without_the_right_to_open_topics_the_case_goes_by_replies(stage: Stage) -> None:
    refuse(stage, "createforumtopic", bad_request("not enough rights to create a topic"))
    await say(stage, LI, "/human 少了三块")
    first, control = by_bot(stage, OPERATORS)
    assert "少了三块" in first.content.text
    assert first.thread is None
    assert control.reply_to == first.id
    await say(stage, STAFF, "在", chat=OPERATORS, reply_to=first.id)
    assert "在" in texts(stage, LI)[-1]


async def test_a_bot_api_without_topics_does_as_well(stage: Stage) -> None:
    refuse(stage, "createforumtopic", Refusal(404, "Not Found: method not found"))
    await say(stage, LI, "/human 少了三块")
    assert len(by_bot(stage, OPERATORS)) == 2


@pytest.mark.parametrize("method", ["sendmessage", "createforumtopic", "copymessage"])
async def test_a_lost_answer_loses_nothing(stage: Stage, method: str, until: Until) -> None:
    lose_first(stage, method)
    stage.crowd.say(LI, "/human 少了三块")
    stage.crowd.send(LI, stage.file("photo"), "截图")
    await until(lambda: len(stage.telegram.updates) == 0)
    await until(lambda: has_state(stage, "pending"))
    stage.clock.instant += timedelta(minutes=1)
    await stage.quiet()
    await staff_say(stage, "收到")
    assert any("少了三块" in each for each in texts(stage, OPERATORS))
    assert any(each.document for each in by_bot(stage, OPERATORS))
    assert "收到" in texts(stage, LI)[-1]


async def test_a_restart_in_between_loses_and_doubles_nothing(stage: Stage) -> None:
    await say(stage, LI, "/human 少了三块")
    await stage.stop()
    stage.crowd.say(LI, "还在吗")
    stage.crowd.say(STAFF, "在的", chat=OPERATORS, thread=stage.topic())
    await stage.start()
    await stage.quiet()
    assert [each for each in texts(stage, OPERATORS) if "还在吗" in each] == ["💬 还在吗"]
    assert sum("在的" in each for each in texts(stage, LI)) == 1


async def test_the_operators_group_moves_and_the_case_with_it(stage: Stage) -> None:
    await say(stage, LI, "/human 少了三块")
    moved = stage.telegram.groups.add(Group(MOVED, "运营群", is_forum=True))
    moved.topics[stage.topic() or 0] = "moved"
    refuse(
        stage,
        "sendmessage",
        Refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=MOVED),
        chat_id=OPERATORS,
    )
    await say(stage, LI, "还在吗")
    assert texts(stage, MOVED) == ["💬 还在吗"]
    await say(stage, STAFF, "在", chat=MOVED, thread=stage.topic())
    assert "在" in texts(stage, LI)[-1]


async def test_when_the_operator_cannot_be_reached_the_creator_is_told_once(
    stage: Stage,
) -> None:
    refused = forbidden("bot was kicked from the supergroup chat")
    refuse(stage, "sendmessage", refused, chat_id=OPERATORS)
    await say(stage, LI, "/human 少了三块")
    await say(stage, LI, "还在吗")
    assert sum("没能转到人工" in each for each in texts(stage, LI)) == 1


async def test_what_cannot_be_copied_is_shown_to_staff(stage: Stage) -> None:
    await say(stage, LI, "/human")
    refuse(stage, "copymessage", bad_request("message can't be copied"), chat_id=LI)
    stage.crowd.send(STAFF, stage.file("file"), "", OPERATORS, thread=stage.topic())
    await stage.quiet()
    assert "没有送到对方" in texts(stage, OPERATORS)[-1]


async def test_markup_that_telegram_refuses_arrives_as_plain_words(stage: Stage) -> None:
    await say(stage, LI, "/human")
    seen: list[object] = []

    def decide(called: str, parameters: Mapping[str, object]) -> Fault | None:
        if called == "sendmessage" and parameters.get("chat_id") == LI and not seen:
            seen.append(parameters["text"])
            return Fault(refusal=bad_request("can't parse entities: unsupported start tag"))
        return None

    stage.server.bot_api.faults = decide
    await staff_say(stage, "1 < 2 & 3")
    assert any("1 < 2 & 3" in each for each in texts(stage, LI))


async def test_nothing_is_left_of_a_person_who_was_erased(stage: Stage) -> None:
    await say(stage, LI, "/human 我的秘密")
    await say(stage, LI, "还有一个秘密")
    with stage.world.engine.begin() as connection:
        forget_person(connection, LI)
        left = [
            repr(row) for table in (handoffs, outbox) for row in connection.execute(select(table))
        ]
    assert not [row for row in left if "秘密" in row]
    await staff_say(stage, "还在吗")
    assert "还在吗" not in "".join(texts(stage, LI))


async def test_one_person_has_one_open_case_whatever_comes_twice(stage: Stage) -> None:
    await say(stage, LI, "/human 一")
    await say(stage, LI, "/human 二")
    with stage.world.engine.begin() as connection:
        assert len(connection.execute(select(handoffs)).all()) == 1
