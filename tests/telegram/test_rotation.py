"""A new token of the same bot, and a new secret of the installation: what goes on, what ends."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.desk.desk import Desk
from bot.desk.facts import Facts
from bot.desk.incoming import Incoming
from bot.desk.replies import Say, Toast
from bot.simulator.demo import DemoServer
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.telegram.gateway import TokenRefusedError
from bot.telegram.service import Service
from tests.conversations.understanding import shipped_snapshot
from tests.telegram.echoing import bot_texts

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
REVOKED = "42:AArevoked"


async def test_what_waited_under_the_old_token_is_sent_under_the_new_one(
    engine: Engine,
    server: DemoServer,
    make_service: Callable[..., Service],
    until: Callable[..., Awaitable[None]],
    states: Callable[[], dict[str, str]],
) -> None:
    with engine.begin() as connection:
        enqueue(connection, [Letter("waiting", Kind.ANSWER, 1, Say("等着的"))], NOW)
    with pytest.raises(TokenRefusedError):
        await make_service(REVOKED).start()
    assert states() == {"waiting": "pending"}
    server.world.say(1, "你好")
    service = make_service()
    await service.start()
    await until(lambda: sorted(bot_texts(server, 1)) == ["你好", "等着的"])
    await service.stop()


def test_a_button_signed_with_the_old_secret_says_what_to_do_instead() -> None:
    """Who changes the secret does so because somebody else may know it: it counts no longer."""
    old, new = (Desk(shipped_snapshot, secret, None) for secret in (b"old" * 8, b"new" * 8))
    asked = Incoming(1, 7, 7, text="/language")
    (shown,) = old.answer(asked, Facts(), NOW).replies
    assert isinstance(shown, Say)
    token = shown.buttons[0][0].token
    pressed = Incoming(2, 7, 7, message=3, button=token, button_query="q")
    assert any(not isinstance(each, Toast) for each in old.answer(pressed, Facts(), NOW).replies)
    answered = new.answer(pressed, Facts(), NOW)
    assert answered.effects == ()
    (toast,) = answered.replies
    assert isinstance(toast, Toast)
    assert "按钮已过期，请重新发送订单号或问题" in toast.text
