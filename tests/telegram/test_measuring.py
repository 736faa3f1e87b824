"""What a process counts of itself, against the emulator."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client.exposition import generate_latest
from sqlalchemy import Engine

from bot.metrics import REGISTRY
from bot.simulator.demo import DemoServer
from bot.telegram.measuring import measure_call
from bot.telegram.service import Service
from bot.telegram.transport import BotApi, Refused, Uncertain, Unreachable
from tests.health.conftest import samples
from tests.telegram.echoing import EchoDesk, Pushes, bot_texts

Until = Callable[..., Awaitable[None]]


def counted() -> dict[str, float]:
    return samples(generate_latest(REGISTRY).decode())


@pytest.fixture
async def measured(engine: Engine, server: DemoServer, pushes: Pushes) -> Any:
    service = Service(
        engine=engine,
        api=BotApi(server.url, server.world.bot.token, measure_call),
        desk_for=lambda _: EchoDesk(),
        planner=pushes,
        now=lambda: datetime.now(UTC),  # noqa: TID251
    )
    await service.start()
    yield service
    await service.stop()


async def test_updates_answers_and_calls_are_counted(
    measured: Service,
    server: DemoServer,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "bot.telegram.measuring")
    before = counted()
    for person in range(1, 6):
        server.world.say(person, "佣金呢")
    await until(lambda: all(bot_texts(server, person) for person in range(1, 6)))
    settled = "mingzhang_outbox_settled_total{kind=answer}{state=sent}"
    await until(lambda: counted().get(settled, 0) - before.get(settled, 0) == 5)

    def grown(name: str) -> float:
        return counted()[name] - before.get(name, 0)

    assert grown("mingzhang_updates_total{kind=message}{outcome=committed}") == 5
    assert grown("mingzhang_handling_seconds_count") == 5
    assert grown("mingzhang_answers_total{outcome=other}") == 5
    assert grown("mingzhang_sending_seconds_count") == 5
    assert grown("mingzhang_telegram_calls_total{method=sendMessage}{result=ok}") == 5
    assert measured.condition().open
    assert measured.condition().heard is not None
    # One event each, tied together by the update's number, and nothing of what was said.
    events = [vars(record) for record in caplog.records]
    handled = [each for each in events if each["msg"] == "update handled"]
    assert [each["kind"] for each in handled] == ["message"] * 5
    sent = [each for each in events if each["msg"] == "row settled"]
    assert [each["state"] for each in sent] == ["sent"] * 5
    assert "佣金呢" not in repr(events)


@pytest.mark.parametrize(
    ("outcome", "result"),
    [
        (Refused(429, "Too Many Requests: retry after 3", 3), "429"),
        (Refused(418, "never heard of"), "other"),
        (Unreachable("ClientConnectorError"), "unreachable"),
        (Uncertain("502 Bad Gateway"), "uncertain"),
    ],
)
def test_results_of_calls_have_few_names(outcome: Any, result: str) -> None:
    name = f"mingzhang_telegram_calls_total{{method=sendPhoto}}{{result={result}}}"
    before = counted().get(name, 0)
    measure_call("sendPhoto", outcome, 0.1)
    assert counted()[name] == before + 1


async def test_a_bot_to_whom_nobody_writes_has_heard_of_telegram(
    service: Service, until: Until
) -> None:
    """Not only once the first long poll has ended, of 25 seconds."""
    await until(lambda: service.condition().heard is not None)
    assert service.condition().open
