"""`mingzhang console link`: who gets one, where it leads, and that it signs in."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import SystemClock
from bot.store.database import open_engine
from bot.store.signing_in import use_link
from bot.store.staff import LOCAL
from tests.command_line import running

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    sqlite_database: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Run the command with some settings; exit status, standard output and error."""
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", sqlite_database)
    mingzhang = running(capfd, monkeypatch)

    def command(*words: str, **settings: str) -> tuple[int, str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"MINGZHANG_{name}", value)
        status, out, err = mingzhang("console", "link", *words)
        return status, out, "\n".join(err)

    return command


def signed_in(database: str, address: str) -> tuple[int, str] | None:
    """Whom a link signs in."""
    code = address.strip().partition("?code=")[2]
    engine = open_engine(database)
    with engine.begin() as connection:
        found = use_link(connection, code, SystemClock().now())
    engine.dispose()
    return found


def test_whoever_is_at_the_machine_gets_a_link(run: Run, sqlite_database: str) -> None:
    status, out, err = run(LISTEN="127.0.0.1:8123")
    assert status == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:8123/console/enter\?code=[\w-]{43}\n", out)
    assert "MINGZHANG_PUBLIC_URL" in err
    assert "只能在这台机器" in err
    assert signed_in(sqlite_database, out) == (LOCAL, "")


def test_a_link_leads_to_the_public_address(run: Run, sqlite_database: str) -> None:
    status, out, err = run("--user", "77", ADMINS="77", PUBLIC_URL="https://bot.example.com/")
    assert (status, err) == (0, "")
    assert out.startswith("https://bot.example.com/console/enter?code=")
    assert signed_in(sqlite_database, out) == (77, "")


def test_who_has_no_role_gets_none(run: Run) -> None:
    status, out, err = run("--user", "78", ADMINS="77")
    assert (status, out) == (2, "")
    assert "78 还没有角色" in err
    assert "MINGZHANG_ADMINS" in err
