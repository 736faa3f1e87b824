"""What all tests share: databases, and that a skip is a failure where everything must run.

A test that uses `engine` or `database` runs once on SQLite and once on PostgreSQL.
"""

import logging
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import coverage
import pytest
from hypothesis import settings
from sqlalchemy import Engine

from bot.store.database import open_engine, upgrade
from tests.log_watch import LogWatch
from tests.postgresql import QUICK, MissingServerError, PostgresServer
from tests.scheduling import SLOWEST, Scheduling

REQUIRE_ALL = os.environ.get("MINGZHANG_TEST_REQUIRE_ALL") == "1"

LOG_WATCH = LogWatch()

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screens", help="where the pictures of the twelve key screens go")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the slowest begin first; among them and the others the order stays."""

    def place(item: pytest.Item) -> int:
        of_room = (at for at, room in enumerate(SLOWEST) if item.nodeid.startswith(f"{room}/"))
        return next(of_room, len(SLOWEST))

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, pytest.TestReport]:
    report: pytest.TestReport = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and this machine must run everything"
    if (indiscreet := LOG_WATCH.taken()) and not report.skipped:
        report.outcome = "failed"
        report.longrepr = "\n".join((f"{item.nodeid} logged what no log may have:", *indiscreet))
    # A report from another processor travels as UTF-8, in which a lone surrogate has no place.
    report.sections = [
        (name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, object]:
    """Record under coverage which test touches a line; the mutation runs choose tests by it."""
    if recording := coverage.Coverage.current():
        recording.switch_context(item.nodeid)
    return (yield)


@pytest.fixture(autouse=True)
def nobody_elses_log() -> Iterator[None]:
    """What a test has logs written to is closed with it: no later test writes there."""
    yield
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if type(handler).__module__ == "bot.logs":
            root.removeHandler(handler)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What one test has learned another may read; nobody's own cache folder is used."""
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.getbasetemp()
        # Workers' folders are side by side in the run's own.
        shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
        patch.setenv("XDG_CACHE_HOME", str(shared / "cache"))
        patch.setenv("MINGZHANG_SEMANTIC", "off")  # its own tests switch it on
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of a database with its tables and nothing in them."""
    address: str = request.getfixturevalue(f"{request.param}_database")
    return address


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> str:
    file = tmp_path / "mingzhang.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_database(postgresql: PostgresServer) -> Iterator[str]:
    with postgresql.database(TEMPLATE) as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "mingzhang.db"
    _upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """One server for all tests; where it is missing they are skipped, or fail if all must run."""
    with ExitStack() as running:
        try:
            server = running.enter_context(PostgresServer(*QUICK))
        except MissingServerError as error:
            if REQUIRE_ALL:
                pytest.fail(str(error))
            pytest.skip(str(error))
        server.execute(f"CREATE DATABASE {TEMPLATE}")
        _upgrade(server.address(TEMPLATE))
        yield server


TEMPLATE = "mingzhang"


def _upgrade(address: str) -> None:
    engine = open_engine(address)
    upgrade(engine)
    engine.dispose()
