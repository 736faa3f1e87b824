"""`mingzhang doctor` on broken set-ups: it finds each fault and says what to do, and no more."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import orjson
import pytest
from aiohttp import web
from ruamel.yaml import YAML
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.doctor import database
from bot.doctor.examination import examine
from bot.doctor.finding import Finding, Weight, find
from bot.doctor.web import web as web_checks
from bot.drawing import fonts
from bot.listening import Listener
from bot.settings import SettingsError, load_settings
from bot.shipped_tables import shipped_table
from bot.simulator.demo import DemoServer
from bot.simulator.people import Person
from bot.simulator.webhook import DeliveryError, Webhook
from bot.store.database import open_engine
from tests.clocks import MachineClock
from tests.ports import free_port
from tests.postgresql import PostgresServer

SETUPS = YAML(typ="safe").load(Path(__file__).with_name("broken.yaml").read_text("utf-8"))
TOKEN = "42:AAtest-token-of-the-doctor"  # noqa: S105
USUAL_DAY = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
Prepare = Callable[[Path, pytest.MonkeyPatch], object]


def corrupt_database(folder: Path, _: pytest.MonkeyPatch) -> None:
    file = folder / "bot.db"
    content = bytearray(file.read_bytes())
    for page in range(4096 * 6, len(content), 4096):
        content[page : page + 512] = b"\xff" * 512
    file.write_bytes(content)


def database_of_text(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "bot.db").write_text("订单号,佣金\n" * 1000, "utf-8")


def tables_of_version(version: str) -> Prepare:
    def change(folder: Path, _: pytest.MonkeyPatch) -> None:
        engine = open_engine(f"sqlite:///{folder / 'bot.db'}")
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
        engine.dispose()

    return change


def broken_knowledge(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "knowledge").mkdir()
    (folder / "knowledge" / "jd.yaml").write_text("- id: [", "utf-8")


def no_typeface(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fonts, "_path", lambda: folder / "no-such-font.ttc")
    fonts.face.cache_clear()


def no_room(**_: object) -> IO[bytes]:
    return Path("/dev/full").open("wb")


def full_disk(_folder: Path, patch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=7 * 1024 * 1024)
    patch.setattr("shutil.disk_usage", lambda _: usage)
    patch.setattr(database, "TemporaryFile", no_room)


PREPARATIONS: Mapping[str, Prepare] = {
    "corrupt_database": corrupt_database,
    "database_of_text": database_of_text,
    "newer_tables": tables_of_version("9999"),
    "older_tables": tables_of_version("0014"),
    "broken_knowledge": broken_knowledge,
    "no_typeface": no_typeface,
    "full_disk": full_disk,
}


@pytest.fixture
async def telegram() -> AsyncIterator[DemoServer]:
    async with DemoServer(TOKEN, [Person(7, "小林")], MachineClock()) as server:
        yield server


@pytest.fixture
async def stranger() -> AsyncIterator[int]:
    """The port of a program that is not the bot."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="It works!")

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield int(runner.addresses[0][1])
    await runner.cleanup()


@pytest.fixture
def usual(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_template: Path, telegram: DemoServer
) -> Callable[[Mapping[str, str | None]], None]:
    """An installation that is well, but for what is set."""
    shutil.copyfile(sqlite_template, tmp_path / "bot.db")
    (tmp_path / "report.csv").write_text("no folder", "utf-8")

    def install(given: Mapping[str, str | None]) -> None:
        for name in [name for name in os.environ if name.startswith("MINGZHANG_")]:
            monkeypatch.delenv(name)
        well = {
            "TOKEN": TOKEN,
            "BOT_API": telegram.url,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
            "LISTEN": "127.0.0.1:0",
            "ADMINS": "7",
        }
        for name, value in {**well, **given}.items():
            if value is not None:
                monkeypatch.setenv(f"MINGZHANG_{name}", value)

    return install


async def examined(now: datetime) -> list[Finding]:
    try:
        settings = load_settings()
    except SettingsError as error:
        return [find("settings.wrong", problem=problem) for problem in error.problems]
    return await examine(settings, now)


@pytest.mark.parametrize("case", SETUPS, ids=lambda case: str(case["name"]))
async def test_a_broken_set_up_is_named_with_its_remedy(
    case: Mapping[str, Any],
    usual: Callable[..., None],
    telegram: DemoServer,
    stranger: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def filled(value: str) -> str:
        said = {"{folder}": str(tmp_path), "{taken}": str(stranger), "{secret}": "s" * 32}
        for name, meant in said.items():
            value = value.replace(name, meant)
        return value

    usual({name: value and filled(value) for name, value in case.get("set", {}).items()})
    now = datetime.combine(case["now"], USUAL_DAY.timetz()) if "now" in case else USUAL_DAY
    date_said = now.strftime("%a, %d %b %Y %H:%M:%S GMT")
    monkeypatch.setattr("aiohttp.web_response.rfc822_formatted_time", lambda: date_said)
    told = case.get("telegram", {})
    if "webhook" in told:
        telegram.world.webhook = Webhook(told["webhook"])
    if "error" in told:
        telegram.world.webhook_error = DeliveryError(int(now.timestamp()) - 60, told["error"])
    for name in case.get("prepare", ()):
        PREPARATIONS[name](tmp_path, monkeypatch)
    findings = await examined(now + timedelta(seconds=case.get("ahead", 0)))
    fonts.face.cache_clear()
    wrong = [finding for finding in findings if finding.weight is not Weight.OK]
    assert list(dict.fromkeys(finding.code for finding in wrong)) == list(case["finds"])
    for code, words in case["finds"].items():
        said = "\n".join(f"{each.found}\n{each.remedy}" for each in wrong if each.code == code)
        assert [word for word in map(filled, words) if word not in said] == []
        assert all(each.why and each.remedy for each in wrong)
    assert "hunter2" not in repr(findings)
    assert TOKEN not in repr(findings)


def test_every_fault_says_why_and_what_to_do() -> None:
    """Of the words alone: whatever is filled in, none of the three may be missing."""
    names = ("problem", "reason", "found", "program", "url", "wanted", "listen", "year", "free")
    more = ("folder", "message", "count", "seconds", "against", "address", "name", "missing")
    said = dict.fromkeys((*names, *more, "mode", "share", "size", "parts", "check"), "X")
    for code in shipped_table("doctor", "findings.yaml"):
        finding = find(code, **said)
        assert finding.found
        assert bool(finding.why and finding.remedy) == (finding.weight is not Weight.OK), code


async def test_a_database_user_who_may_not_write_is_told_what_is_missing(
    usual: Callable[..., None], postgresql: PostgresServer
) -> None:
    with postgresql.database("mingzhang") as address:
        engine = open_engine(address)
        with engine.begin() as connection:
            connection.execute(text("DROP ROLE IF EXISTS reader"))
            connection.execute(text("CREATE ROLE reader LOGIN"))
            connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
        usual({"DATABASE_URL": address.replace("postgres@", "reader@")})
        findings = await examined(datetime.now(UTC))  # noqa: TID251
        with engine.begin() as connection:
            connection.execute(text("DROP OWNED BY reader"))
            connection.execute(text("DROP ROLE reader"))
        engine.dispose()
    (found,) = [finding for finding in findings if finding.check == "database"]
    assert found.code == "database.privileges"
    assert "outbox" in found.found
    assert "GRANT" in found.remedy


@pytest.mark.parametrize(
    ("given", "status", "last"),
    [
        ({}, 0, None),
        ({"ADMINS": None}, 1, "operator.nobody"),
        ({"TOKEN": "41:wrong"}, 2, "token.refused"),
        ({"LISTEN": "x"}, 2, "settings.wrong"),
    ],
)
async def test_the_command_says_it_in_json_and_by_its_status(
    usual: Callable[..., None],
    given: Mapping[str, str | None],
    status: int,
    last: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    from bot.commands import doctor as command

    usual(given)
    monkeypatch.setattr(command, "SystemClock", lambda: SimpleNamespace(now=lambda: USUAL_DAY))
    date_said = USUAL_DAY.strftime("%a, %d %b %Y %H:%M:%S GMT")
    monkeypatch.setattr("aiohttp.web_response.rfc822_formatted_time", lambda: date_said)
    assert await in_a_thread(lambda: command.doctor(as_json=True)) == status
    lines = [orjson.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [line["code"] for line in lines if line["weight"] != "ok"] == ([last] if last else [])
    assert await in_a_thread(lambda: command.doctor(as_json=False)) == status
    told = capfdbinary.readouterr().out.decode()
    assert ("怎么办：" in told) == (status > 0)


async def in_a_thread(work: Callable[[], int]) -> int:
    """The command has an event loop of its own; the emulator's goes on here."""
    return await asyncio.to_thread(work)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"gateway": {"state": "ok"}, "sync": {"state": "degraded"}}, "listen.running"),
        ({"gateway": {"state": "failed"}, "writer": {"state": "ok"}}, "listen.unwell"),
    ],
)
async def test_a_bot_that_runs_already_is_asked_how_it_is(
    usual: Callable[..., None], parts: dict[str, Any], expected: str
) -> None:
    async def report(_: Request) -> Response:
        return Response(orjson.dumps({"ok": True, "parts": parts}))

    routes = [Route(path, report) for path in ("/healthz", "/readyz")]
    running = Listener("127.0.0.1:0", routes)
    await running.start()
    listen = f"127.0.0.1:{running.port}"
    usual({"LISTEN": listen, "PUBLIC_URL": f"http://{listen}"})
    found = [each async for each in web_checks(load_settings(), USUAL_DAY)]
    await running.stop()
    assert [each.code for each in found] == [expected, "public.ok"]
    assert ("gateway" in found[0].found) == (expected == "listen.unwell")


async def test_before_the_start_the_public_address_is_tried_with_a_word_of_ones_own(
    usual: Callable[..., None],
) -> None:
    listen = f"127.0.0.1:{free_port()}"
    usual({"LISTEN": listen, "PUBLIC_URL": f"http://{listen}/"})
    found = [each.code async for each in web_checks(load_settings(), USUAL_DAY)]
    assert found == ["listen.free", "public.ok"]
