from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.desk.incoming import Incoming
from bot.intake import Received
from bot.simulator.demo import DemoServer
from bot.simulator.entities import FormattedText
from bot.telegram import flooding
from bot.telegram.flooding import FloodGate
from bot.telegram.transport import BotApi

OPERATOR = -100900


@dataclass
class Behind:
    """What stands behind the gate, and a clock that is moved by hand."""

    seconds: float = 0.0
    passed: list[int] = field(default_factory=list)
    fails: bool = False

    async def submit(self, received: Sequence[Received]) -> None:
        if self.fails:
            raise OSError("the disk is full")
        self.passed += [each.update for each in received]


def said(update: int, user: int = 1, **more: Any) -> Received:
    incoming = Incoming(update, user, more.pop("chat", user), language_code="zh-hans", **more)
    return Received(update, {}, incoming)


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def gate(behind: Behind, api: BotApi, server: DemoServer) -> FloodGate:
    for person in (1, 2):
        server.world.say(person, "在吗")
    server.world.updates.clear()
    return FloodGate(behind.submit, api, 3, OPERATOR, lambda: behind.seconds)


def told(server: DemoServer, person: int) -> list[str]:
    return [each.content.text for each in server.world.messages(person) if each.by_bot]


async def test_a_burst_passes_then_one_a_second_and_one_notice(
    gate: FloodGate, behind: Behind, server: DemoServer
) -> None:
    await gate.submit([said(number) for number in range(10)])
    assert behind.passed == [0, 1, 2]
    behind.seconds += 1
    await gate.submit([said(number) for number in range(10, 20)])
    assert behind.passed == [0, 1, 2, 10]
    await gate.settled()
    assert len(told(server, 1)) == 1
    assert "慢一点" in told(server, 1)[0]


async def test_after_a_rest_everything_is_as_before(
    gate: FloodGate, behind: Behind, server: DemoServer
) -> None:
    await gate.submit([said(number) for number in range(5)])
    behind.seconds += 3
    await gate.submit([said(number) for number in range(10, 15)])
    assert behind.passed == [0, 1, 2, 10, 11, 12]
    await gate.settled()
    assert len(told(server, 1)) == 2


async def test_one_who_floods_takes_nothing_from_others(gate: FloodGate, behind: Behind) -> None:
    await gate.submit([*(said(number) for number in range(50)), said(100, user=2)])
    assert behind.passed == [0, 1, 2, 100]
    await gate.settled()


@pytest.mark.parametrize(
    "harmless",
    [
        {"chat": OPERATOR, "private": False},
        {"chat": -5, "private": False, "addressed": False},
    ],
    ids=["the operator's chat", "what is not said to the bot"],
)
async def test_some_things_always_pass(
    gate: FloodGate, behind: Behind, harmless: dict[str, Any]
) -> None:
    await gate.submit([said(number, **harmless) for number in range(9)])
    assert behind.passed == list(range(9))


async def test_what_is_no_message_always_passes(gate: FloodGate, behind: Behind) -> None:
    await gate.submit([Received(number, {}) for number in range(9)])
    assert behind.passed == list(range(9))


async def test_what_could_not_be_kept_comes_again_and_costs_once(
    gate: FloodGate, behind: Behind
) -> None:
    behind.fails = True
    for _ in range(5):
        with pytest.raises(OSError, match="full"):
            await gate.submit([said(0), said(1)])
    behind.fails = False
    await gate.submit([said(0), said(1), said(2)])
    assert behind.passed == [0, 1, 2]


async def test_a_press_is_told_where_it_was_made(
    gate: FloodGate, behind: Behind, server: DemoServer
) -> None:
    toasts: list[str] = []
    server.world.listen(
        lambda change: (
            toasts.append(str(change.content["text"])) if change.kind == "toast" else None
        )
    )
    content = FormattedText("按", ())
    markup: dict[str, object] = {"inline_keyboard": [[{"text": "按", "callback_data": "v1"}]]}
    message = server.world.send(1, content, markup)
    query = server.world.press(1, message.id, 0, 0)
    await gate.submit([said(number) for number in range(3)])
    await gate.submit([said(3, button="v1", button_query=query)])
    await gate.settled()
    assert behind.passed == [0, 1, 2]
    assert ["慢一点" in toast for toast in toasts] == [True]
    assert told(server, 1) == ["按"]


async def test_keystrokes_are_dropped_without_a_word(
    gate: FloodGate, behind: Behind, server: DemoServer
) -> None:
    typed: dict[str, Any] = {"private": False, "addressed": False, "inline_query": "9"}
    await gate.submit([said(number, **typed) for number in range(9)])
    await gate.settled()
    assert behind.passed == [0, 1, 2]
    assert told(server, 1) == []


async def test_the_memory_does_not_grow(
    gate: FloodGate, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flooding, "REMEMBERED", 10)
    for user in range(1000):
        await gate.submit([said(user, user=user)])
        behind.seconds += 0.5
    assert len(gate._buckets) <= 11
