"""The figures: who may read them, and that they say what the store holds, on both databases."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import Connection, Engine, create_engine

from bot.desk.replies import Say
from bot.health.access import may_read
from bot.health.figures import Figures
from bot.health.probes import health_routes
from bot.health.readiness import Health
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.sync_cursors import SourceKey
from bot.store.tables import cases, import_batches, outbox, publications, quarantine, sync_cursors
from settlement.model import Platform
from tests.health.conftest import NOW, Asking, samples

ACCESS = YAML(typ="safe").load(Path(__file__).with_name("access.yaml").read_text("utf-8"))
TOKEN = "a-token-of-thirty-two-characters"  # noqa: S105
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("case", ACCESS, ids=lambda case: str(case["name"]))
def test_who_may_read_the_figures(case: Mapping[str, Any]) -> None:
    headers = dict(case.get("headers", {}))
    if "given" in case:
        headers["authorization"] = case["given"]
    assert may_read(case["host"], headers, case.get("token")) == case["may"]


async def test_the_page_is_closed_to_who_has_no_token(
    sqlite_engine: Engine,
    health_of: Callable[..., Health],
    figures_of: Callable[..., Figures],
    asking: Asking,
) -> None:
    routes = health_routes(health_of(sqlite_engine), figures_of(sqlite_engine), TOKEN)
    async with asking(list(routes)) as ask:
        refused = await ask("/metrics")
        read = await ask("/metrics", Authorization=f"Bearer {TOKEN}")
    assert (refused.status, refused.text) == (403, "not for you\n")
    assert samples(read.text)["mingzhang_database_up"] == 1


def fill(connection: Connection) -> None:
    letters = [
        Letter("answer:1", Kind.ANSWER, 1, Say("a"), due_at=NOW - 3 * MINUTE, bot=42),
        Letter("answer:2", Kind.ANSWER, 2, Say("b"), due_at=NOW + 9 * MINUTE, bot=42),
        Letter("push:1", Kind.PUSH, 3, Say("c"), due_at=NOW - 2 * MINUTE, bot=42),
        Letter("push:2", Kind.PUSH, 4, Say("d"), bot=42),
        Letter("push:3", Kind.PUSH, 5, Say("e"), bot=42),
    ]
    enqueue(connection, letters, NOW)
    for letter, state in (("push:2", "uncertain"), ("push:3", "sent")):
        change = {"state": state, "settled_at": NOW}
        connection.execute(outbox.update().where(outbox.c.key == letter).values(change))
    poison = {"bot": 42, "update": 7, "body": "{}", "problem": "boom", "set_aside_at": NOW}
    connection.execute(quarantine.insert(), poison)
    case = {"number": "C-1", "user": 1, "platform": "jd", "line": 0, "day": NOW.date()}
    connection.execute(cases.insert(), {**case, "opened_at": NOW - MINUTE, "state": "open"})
    for method, minutes in (("orders", 5), ("refunds", 50)):
        key = SourceKey(Platform("jd"), method, "main")._asdict()
        connection.execute(sync_cursors.insert(), {**key, "covered_until": NOW - minutes * MINUTE})
    batch = {"file_name": "a.csv", "file_hash": "1", "started_at": NOW, "touched_at": NOW}
    connection.execute(import_batches.insert(), {**batch, "published_at": NOW - 2 * MINUTE})
    publication = {"author": "小编", "note": "", "published_at": NOW - MINUTE}
    connection.execute(publications.insert(), publication)


async def test_the_figures_say_what_the_store_holds(
    engine: Engine, figures_of: Callable[..., Figures]
) -> None:
    empty = samples((await figures_of(engine).exposition()).decode())
    assert empty["mingzhang_outbox_answer_wait_seconds"] == 0
    with engine.begin() as connection:
        fill(connection)
    found = samples((await figures_of(engine).exposition()).decode())
    expected = {
        "mingzhang_database_up": 1,
        "mingzhang_gateway_open": 1,
        "mingzhang_gateway_heard_seconds": 3,
        "mingzhang_outbox_rows{kind=answer}{state=pending}": 2,
        "mingzhang_outbox_rows{kind=push}{state=pending}": 1,
        "mingzhang_outbox_rows{kind=push}{state=uncertain}": 1,
        "mingzhang_outbox_answer_wait_seconds": 180,
        "mingzhang_outbox_push_wait_seconds": 120,
        "mingzhang_planner_lag_seconds": 0,
        "mingzhang_quarantined_updates": 1,
        "mingzhang_cases_open": 1,
        "mingzhang_case_wait_seconds": 60,
        "mingzhang_handoffs_open": 0,
        "mingzhang_sync_lag_seconds{platform=jd}": 3000,
        "mingzhang_sync_troubled{platform=jd}": 0,
        "mingzhang_last_import_timestamp_seconds": (NOW - 2 * MINUTE).timestamp(),
        "mingzhang_last_publication_timestamp_seconds": (NOW - MINUTE).timestamp(),
    }
    assert {name: found.get(name) for name in expected} == expected
    assert "mingzhang_outbox_rows{kind=push}{state=sent}" not in found


async def test_without_a_database_the_process_still_tells_of_itself(
    figures_of: Callable[..., Figures],
) -> None:
    away = create_engine("sqlite:////nowhere/else")
    found = samples((await figures_of(away).exposition()).decode())
    assert found["mingzhang_database_up"] == 0
    assert found["mingzhang_gateway_open"] == 1
    assert found["process_resident_memory_bytes"] > 0
    assert not any(name.startswith("mingzhang_outbox_rows") for name in found)
