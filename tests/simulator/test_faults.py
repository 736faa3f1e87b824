"""Mishaps on demand: refused, delayed, done but never acknowledged."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
import telegram

from bot.simulator.demo import DemoServer
from bot.simulator.faults import Fault
from bot.simulator.refusal import Refusal, too_many_requests

ANNA = 1001


class Once:
    """One fault for the first call of a method."""

    def __init__(self, method: str, fault: Fault) -> None:
        self.method, self.fault = method, fault
        self.seen: list[Mapping[str, object]] = []

    def __call__(self, method: str, parameters: Mapping[str, object]) -> Fault | None:
        if method != self.method or self.seen:
            return None
        self.seen.append(parameters)
        return self.fault


async def test_too_many_requests_says_when_to_come_back(
    server: DemoServer, bot: telegram.Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    server.world.say(ANNA, "x")
    server.bot_api.faults = Once("sendmessage", Fault(refusal=too_many_requests(3)))
    with pytest.raises(telegram.error.RetryAfter) as caught:
        await bot.send_message(ANNA, "y")
    assert caught.value.retry_after == timedelta(seconds=3)
    assert len(server.world.messages(ANNA)) == 1
    assert (await bot.send_message(ANNA, "y")).text == "y"


async def test_a_server_error_does_nothing(server: DemoServer, bot: telegram.Bot) -> None:
    server.world.say(ANNA, "x")
    server.bot_api.faults = Once("sendmessage", Fault(refusal=Refusal(502, "Bad Gateway")))
    with pytest.raises(telegram.error.NetworkError):
        await bot.send_message(ANNA, "y")
    assert len(server.world.messages(ANNA)) == 1


async def test_a_lost_answer_was_carried_out_all_the_same(
    server: DemoServer, bot: telegram.Bot
) -> None:
    """The ambiguity every sender must live with: an error on this side, a message on that."""
    server.world.say(ANNA, "x")
    server.bot_api.faults = Once("sendmessage", Fault(delay=0.01, answer_lost=True))
    with pytest.raises(telegram.error.NetworkError):
        await bot.send_message(ANNA, "y")
    assert [message.content.text for message in server.world.messages(ANNA)] == ["x", "y"]


async def test_faults_see_what_is_asked(server: DemoServer, bot: telegram.Bot) -> None:
    server.world.say(ANNA, "x")
    once = Once("sendmessage", Fault())
    server.bot_api.faults = once
    await bot.send_message(ANNA, "y")
    assert once.seen[0]["text"] == "y"
