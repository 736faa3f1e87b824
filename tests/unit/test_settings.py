import os
from datetime import time
from pathlib import Path

import pytest

from bot.reminders import QuietHours
from bot.settings import Settings, SettingsError, describe, load_settings

TOKEN = "123456:AAaa_bb-CC"  # noqa: S105


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("MINGZHANG_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_without_anything_set_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.mode == "polling"
    assert settings.bot_api == "https://api.telegram.org"
    assert settings.quiet_hours == QuietHours(time(21), time(9))
    assert str(settings.timezone) == "Asia/Shanghai"
    assert settings.database_url.get_secret_value() == (
        f"sqlite:///{tmp_path}/mingzhang/mingzhang.db"
    )


def test_running_without_a_token_says_how_to_get_one() -> None:
    with pytest.raises(SettingsError, match=r"MINGZHANG_TOKEN：.*@BotFather.*mingzhang demo"):
        load_settings().need_token()


def test_what_is_set_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {
        "TOKEN": TOKEN,
        "ADMINS": "7, 8，9",
        "OPERATOR_CHAT": "-100123",
        "QUIET_HOURS": "22:30-8:00",
        "TIMEZONE": "America/New_York",
        "RULES_DIR": str(tmp_path),
        "LISTEN": "[::1]:8443",
        "LOG_LEVEL": "WARNING",
        "SECRET": "",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"MINGZHANG_{name}", value)
    settings = load_settings()
    assert settings.need_token() == TOKEN
    assert settings.admins == (7, 8, 9)
    assert settings.operator_chat == -100123
    assert settings.quiet_hours == QuietHours(time(22, 30), time(8))
    assert settings.timezone.key == "America/New_York"
    assert settings.rules_dir == tmp_path
    assert settings.secret is None


def test_a_secret_can_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n", "utf-8")
    monkeypatch.setenv("MINGZHANG_TOKEN_FILE", str(tmp_path / "token"))
    settings = load_settings()
    assert settings.need_token() == TOKEN
    origins = {each.name: each.origin for each in describe(settings)}
    assert origins["MINGZHANG_TOKEN"] == "文件"  # noqa: S105
    assert origins["MINGZHANG_MODE"] == "默认"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TOKEN", "123 456", "MINGZHANG_TOKEN：.*@BotFather"),
        ("TOKEN_FILE", "/nowhere/token", "MINGZHANG_TOKEN_FILE：读不了文件 /nowhere/token"),
        ("SECRET", "short", "MINGZHANG_SECRET：太短"),
        ("BOT_API", "telegram", "MINGZHANG_BOT_API：.*http"),
        ("DATABASE_URL", "mysql://x", "MINGZHANG_DATABASE_URL：应以 sqlite"),
        ("MODE", "push", "MINGZHANG_MODE：值不对，应为：polling 或 webhook"),
        ("LISTEN", "8080", "MINGZHANG_LISTEN：应形如"),
        ("LISTEN", "localhost:99999", "MINGZHANG_LISTEN：应形如"),
        ("OPERATOR_CHAT", "me", "MINGZHANG_OPERATOR_CHAT：值不对，应为：.*整数"),
        ("ADMINS", "7;x", "MINGZHANG_ADMINS：值不对，应为：.*整数"),
        ("TIMEZONE", "Beijing", "MINGZHANG_TIMEZONE：.*Asia/Shanghai"),
        ("TIMEZONE", "../etc", "MINGZHANG_TIMEZONE：.*Asia/Shanghai"),
        ("RULES_DIR", "/nowhere", "MINGZHANG_RULES_DIR：没有这个目录：/nowhere"),
        ("CREATORS", "/nowhere", "MINGZHANG_CREATORS：没有这个文件：/nowhere"),
        ("QUIET_HOURS", "night", "MINGZHANG_QUIET_HOURS：应形如 21:00-09:00"),
        ("QUIET_HOURS", "25:00-09:00", "MINGZHANG_QUIET_HOURS：.*21:00-09:00"),
        ("LOG_LEVEL", "LOUD", "MINGZHANG_LOG_LEVEL：值不对"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"MINGZHANG_{name}", value)
    with pytest.raises(SettingsError, match=words) as caught:
        load_settings()
    assert len(caught.value.problems) == 1
    assert "\n" not in caught.value.problems[0]


def test_all_problems_are_listed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"TOKEN": "a b", "LISTEN": "x", "TIMEZONE": "Mars", "SECRET_FILE": "/nowhere/secret"}
    for name, value in given.items():
        monkeypatch.setenv(f"MINGZHANG_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    named = {
        problem.partition("：")[0].removeprefix("MINGZHANG_") for problem in caught.value.problems
    }
    assert named == set(given)


def test_a_setting_and_its_file_exclude_each_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(TOKEN, "utf-8")
    monkeypatch.setenv("MINGZHANG_TOKEN", TOKEN)
    monkeypatch.setenv("MINGZHANG_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(SettingsError, match="只能设一个"):
        load_settings()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "MINGZHANG_WEBHOOK_URL"),
        ({"WEBHOOK_URL": "http://example.com/hook"}, "MINGZHANG_WEBHOOK_URL"),
        ({"WEBHOOK_URL": "https://example.com/hook"}, "MINGZHANG_WEBHOOK_SECRET"),
        (
            {"WEBHOOK_URL": "https://example.com/hook", "WEBHOOK_SECRET": "x" * 31},
            "MINGZHANG_WEBHOOK_SECRET：.*32",
        ),
        (
            {"WEBHOOK_URL": "https://example.com/hook", "WEBHOOK_SECRET": "x y" * 20},
            "MINGZHANG_WEBHOOK_SECRET",
        ),
        ({"WEBHOOK_URL": f"https://example.com/{TOKEN}", "TOKEN": TOKEN}, "不要放令牌"),
        ({"WEBHOOK_URL": "https://example.com/console"}, "这个路径另有用处.*/telegram"),
    ],
)
def test_a_webhook_needs_an_address_and_a_long_secret(
    given: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGZHANG_MODE", "webhook")
    for name, value in given.items():
        monkeypatch.setenv(f"MINGZHANG_{name}", value)
    with pytest.raises(SettingsError, match=words):
        load_settings()


def test_a_bot_api_of_ones_own_may_call_without_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGZHANG_MODE", "webhook")
    monkeypatch.setenv("MINGZHANG_BOT_API", "http://127.0.0.1:8081")
    monkeypatch.setenv("MINGZHANG_WEBHOOK_URL", "http://127.0.0.1:8080")
    monkeypatch.setenv("MINGZHANG_WEBHOOK_SECRET", "x" * 32)
    assert load_settings().webhook_url == "http://127.0.0.1:8080"


def test_no_secret_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "TOKEN": TOKEN,
        "SECRET": "sixteen-characters",
        "WEBHOOK_SECRET": "w" * 40,
        "JD_APP_SECRET": "jd-secret",
        "DATABASE_URL": "sqlite://user:password@/x.db",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(f"MINGZHANG_{name}", value)
    settings = load_settings()
    shown = f"{describe(settings)} {settings} {settings!r}"
    for value in [*secrets.values(), "password"]:
        assert value not in shown
    values = {each.name: each.value for each in describe(settings)}
    assert values["MINGZHANG_TOKEN"] == "已设置"  # noqa: S105
    assert values["MINGZHANG_DATABASE_URL"] == "sqlite://user:***@/x.db"
    assert values["MINGZHANG_QUIET_HOURS"] == "21:00-09:00"


def test_a_wrong_secret_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGZHANG_TOKEN", "123456:ABC DEF")
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", "mysql://user:hidden@host/x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "DEF" not in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_settings_do_not_change() -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.mode = "webhook"
    assert isinstance(settings, Settings)
