import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import Engine, create_engine, make_url, text

from bot.health.asking import NoAnswerError, Shared
from bot.health.figures import Figures
from bot.health.probes import health_routes
from bot.health.readiness import Health
from bot.store.database import open_engine
from bot.store.sync_cursors import SourceKey
from bot.store.tables import sync_cursors
from settlement.model import Platform
from tests.health.conftest import NOW, WELL, Asking

CONDITIONS = YAML(typ="safe").load(Path(__file__).with_name("conditions.yaml").read_text("utf-8"))
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
MakeHealth = Callable[..., Health]
MakeFigures = Callable[..., Figures]


@pytest.mark.parametrize("case", CONDITIONS, ids=lambda case: str(case["name"]))
async def test_a_process_says_how_it_is(
    case: Mapping[str, Any],
    sqlite_database: str,
    health_of: MakeHealth,
    figures_of: MakeFigures,
    asking: Asking,
) -> None:
    engine = open_engine(sqlite_database)
    condition = replace(WELL, **case["condition"])
    health = health_of(engine, condition, polls=case.get("polls", True))
    async with asking(list(health_routes(health, figures_of(engine)))) as ask:
        live, ready = await ask("/healthz"), await ask("/readyz")
    engine.dispose()
    assert (live.status, ready.status) == (case["live"], case["ready"])
    failed = {
        name: part for name, part in ready.json["parts"].items() if part["state"] == "failed"
    }
    assert {name: part.get("why") for name, part in failed.items()} == case.get("failed", {})


async def test_a_platform_that_lags_is_worse_and_no_reason_to_send_people_elsewhere(
    engine: Engine, health_of: MakeHealth, figures_of: MakeFigures, asking: Asking
) -> None:
    with engine.begin() as connection:
        for platform in ("jd", "pinduoduo"):
            key = SourceKey(Platform(platform), "orders", "main")._asdict()
            long_ago = NOW - timedelta(days=2)
            row = {**key, "trouble": "refused", "trouble_at": long_ago}
            connection.execute(sync_cursors.insert(), row)
    # The keys of the other one have been taken away, so nobody asks it any more.
    health = health_of(engine, platforms={"jd"})
    async with asking(list(health_routes(health, figures_of(engine)))) as ask:
        ready = await ask("/readyz")
    assert (ready.status, ready.json["degraded"]) == (200, ["sync"])
    assert ready.json["parts"]["sync"] == {"state": "degraded", "late": ["jd"]}


async def test_tables_of_another_version_are_named(
    engine: Engine, health_of: MakeHealth, figures_of: MakeFigures, asking: Asking
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    async with asking(list(health_routes(health_of(engine), figures_of(engine)))) as ask:
        ready = await ask("/readyz")
    migrations = ready.json["parts"]["migrations"]
    assert (ready.status, migrations["why"]) == (503, "run mingzhang db upgrade")


async def test_a_database_that_is_away_is_named_without_its_address(
    database: str, health_of: MakeHealth, figures_of: MakeFigures, asking: Asking
) -> None:
    away = make_url(database).set(database="/nowhere/else")
    if away.get_backend_name() != "sqlite":
        away = away.set(host="127.0.0.1", port=9, password="hunter2-the-password")  # noqa: S106
    engine = create_engine(away.set(drivername=DRIVERS[away.get_backend_name()]))
    async with asking(list(health_routes(health_of(engine), figures_of(engine)))) as ask:
        live, ready = await ask("/healthz"), await ask("/readyz")
    assert (live.status, ready.status) == (200, 503)
    part = ready.json["parts"]["database"]
    assert (part["state"], part["why"].split()[0]) == ("failed", "OperationalError")
    assert "hunter2" not in ready.text
    assert "nowhere" not in ready.text


async def test_a_database_that_hangs_is_asked_once_by_however_many_want_to_know() -> None:
    asked: list[int] = []
    ends = threading.Event()

    def ask() -> int:
        asked.append(1)
        ends.wait()
        return 7

    shared = Shared(ask, fresh=0.0, patience=0.01)
    for _ in range(5):
        with pytest.raises(NoAnswerError):
            await shared()
    ends.set()
    assert shared._asked is not None
    assert await shared._asked == 7
    assert len(asked) == 1
