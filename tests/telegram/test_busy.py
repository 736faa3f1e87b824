from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError

from bot.desk.incoming import Incoming
from bot.intake import Received
from bot.simulator.demo import DemoServer
from bot.telegram.busy import BusyNotices
from bot.telegram.transport import BotApi


class Store:
    """Fails with `error` while it has one."""

    error: Exception | None = None

    async def submit(self, received: Sequence[Received]) -> None:
        if self.error:
            raise self.error


FULL = OperationalError("INSERT", None, Exception("database or disk is full"))


def said(update: int, user: int, **more: object) -> Received:
    return Received(update, {}, Incoming(update, user, user, **more))  # type: ignore[arg-type]


def heard(server: DemoServer, user: int) -> list[str]:
    return [m.content.text for m in server.world.messages(user) if m.by_bot]


async def fail(notices: BusyNotices, *received: Received) -> None:
    with pytest.raises(Exception, match=r"full|ours"):
        await notices.submit(received)
    await notices.settled()


async def test_each_person_is_told_once_in_an_outage(server: DemoServer, api: BotApi) -> None:
    store = Store()
    for user in (1, 2):
        server.world.say(user, "/start")
    notices = BusyNotices(store.submit, api)
    store.error = FULL
    await fail(notices, said(1, 1), said(2, 1), Received(3, {}))
    await fail(notices, said(1, 1), said(4, 2, language_code="en"))
    assert heard(server, 1) == ["系统繁忙，稍后就回复你，不用再发一次。"]
    assert heard(server, 2) == [
        "I'm very busy right now. Your answer comes a little later; no need to send it again."
    ]
    store.error = None
    await notices.submit([said(1, 1)])
    store.error = FULL
    await fail(notices, said(5, 1))
    assert len(heard(server, 1)) == 2


async def test_what_is_no_outage_is_not_called_one(server: DemoServer, api: BotApi) -> None:
    store = Store()
    server.world.say(1, "/start")
    notices = BusyNotices(store.submit, api)
    store.error = KeyError("a fault of ours")
    await fail(notices, said(1, 1))
    store.error = FULL
    await fail(notices, said(2, 1, private=False, addressed=False))
    assert heard(server, 1) == []
