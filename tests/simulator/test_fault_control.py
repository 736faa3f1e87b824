"""Mishaps ordered over HTTP, thrown from a seed."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
import telegram

from bot.simulator.demo import DemoServer
from bot.simulator.faults import FaultRates, SeededFaults

ANNA = 1001


class Seconds:
    """A clock of seconds that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
async def page(server: DemoServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as session:
        yield session


def played(seed: int, **rates: Any) -> tuple[list[str], Counter[str]]:
    """What happens to a thousand messages to a thousand people."""
    faults = SeededFaults(FaultRates(**rates), seed, Seconds())
    told = []
    for chat in range(1000):
        fault = faults("sendmessage", {"chat_id": chat})
        told.append(f"{fault.refusal} {fault.answer_lost} {fault.delay}")
    return told, faults.counted


def test_the_same_seed_plays_the_same_mishaps() -> None:
    rates = {"flood": 0.05, "server_error": 0.03, "lost_answer": 0.02, "delay_to": 0.2}
    assert played(7, **rates) == played(7, **rates)
    assert played(7, **rates) != played(8, **rates)


def test_about_as_many_go_wrong_as_ordered() -> None:
    _, counted = played(7, flood=0.05, server_error=0.03, lost_answer=0.02)
    assert counted.keys() == {"flood", "server_error", "lost_answer"}
    assert 30 < counted["flood"] < 75
    assert 15 < counted["server_error"] < 50
    assert 8 < counted["lost_answer"] < 38


@pytest.mark.parametrize(("kind", "others_go"), [("flood", True), ("global_flood", False)])
def test_a_429_holds_its_chat_or_everything_until_it_is_over(kind: str, others_go: bool) -> None:
    seconds = Seconds()
    rates = {"flood": FaultRates(flood=1), "global_flood": FaultRates(global_flood=1)}
    faults = SeededFaults(replace(rates[kind], retry_after=3), 1, seconds)
    first = faults("sendmessage", {"chat_id": 1}).refusal
    assert first is not None
    assert first.parameters == {"retry_after": 3}
    faults.rates = FaultRates()
    seconds.at += 1.5
    early = faults("sendmessage", {"chat_id": 1}).refusal
    assert early is not None
    assert early.parameters == {"retry_after": 2}
    assert faults.counted["early"] == 1
    assert (faults("sendmessage", {"chat_id": 2}).refusal is None) is others_go
    assert faults("getupdates", {}).refusal is None
    seconds.at += 1.5
    assert faults("sendmessage", {"chat_id": 1}).refusal is None


async def test_an_order_takes_effect_and_an_empty_one_ends_it(
    page: aiohttp.ClientSession, server: DemoServer, bot: telegram.Bot
) -> None:
    server.world.say(ANNA, "x")
    order = {"seed": 7, "lost_answer": 1, "delay_ms": [1, 2], "methods": ["sendMessage"]}
    async with page.post("/demo/faults", json=order) as answer:
        assert answer.status == 200
    with pytest.raises(telegram.error.NetworkError):
        await bot.send_message(ANNA, "y")
    assert [m.content.text for m in server.world.messages(ANNA)] == ["x", "y"]
    async with page.get("/demo/faults") as answer:
        told = await answer.json()
    assert (told["seed"], told["counted"]) == (7, {"lost_answer": 1})
    async with page.post("/demo/faults", json={}) as answer:
        assert (await answer.json())["seed"] is None
    assert (await bot.send_message(ANNA, "z")).text == "z"


async def test_confirmed_updates_come_again_as_ordered(
    page: aiohttp.ClientSession, server: DemoServer, bot: telegram.Bot
) -> None:
    async with page.post("/demo/faults", json={"seed": 1, "redelivery": 1}):
        pass
    server.world.say(ANNA, "x")
    (update,) = await bot.get_updates()
    (again,) = await bot.get_updates(offset=update.update_id + 1)
    assert again.update_id == update.update_id
    async with page.post("/demo/faults", json={}):
        pass
    assert await bot.get_updates(offset=update.update_id + 1) == ()


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"flood": 1.5}, "flood must be a share from 0 to 1"),
        ({"flood": "much"}, "flood must be a share"),
        ({"flood": 0.6, "server_error": 0.6}, "add up to more than 1"),
        ({"delay_ms": [200, 50]}, "delay_ms must be"),
        ({"delay_ms": 5}, "delay_ms must be"),
        ({"methods": "all of them"}, "methods"),
    ],
)
async def test_a_wrong_order_is_refused_in_words(
    order: dict[str, object], words: str, page: aiohttp.ClientSession
) -> None:
    async with page.post("/demo/faults", json=order) as answer:
        assert answer.status == 400
        assert words in (await answer.json())["error"]
