"""The forms settings come in: texts of the environment read strictly, problems in Chinese."""

import re
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from bot.reminders import QuietHours

__all__ = [
    "Address",
    "Database",
    "ExistingFile",
    "Folder",
    "HostAndPort",
    "MetricsToken",
    "Numbers",
    "Quiet",
    "SigningSecret",
    "Token",
    "Zone",
]


def _numbers(value: object) -> object:
    return tuple(re.split(r"[\s,，]+", value.strip())) if isinstance(value, str) else value


def _quiet_hours(value: object) -> object:
    if not isinstance(value, str):
        return value
    ends = re.split(r"[-–~～]", value.strip())
    try:
        start, end = (datetime.strptime(each.strip(), "%H:%M").time() for each in ends)  # noqa: DTZ007
    except ValueError:
        raise ValueError("应形如 21:00-09:00") from None
    return QuietHours(start, end)


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        raise ValueError("不是时区的名字，应形如 Asia/Shanghai") from None


def _token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9:_-]+", token.get_secret_value()):
        raise ValueError("有令牌里不会有的字符；应形如 123456:ABC…，请向 @BotFather 核对")
    return token


def _signing_secret(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < 16:
        raise ValueError("太短，至少 16 个字符；也可以不设，由程序生成")
    return secret


def _metrics_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]{16,}", token.get_secret_value()):
        raise ValueError("应是至少 16 个没有空格的 ASCII 字符，如 openssl rand -hex 16 的结果")
    return token


def _address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("应是以 http:// 或 https:// 开头的地址")
    return address


def _database(url: SecretStr) -> SecretStr:
    scheme = url.get_secret_value().partition("://")[0]
    if scheme not in ("sqlite", "postgresql"):
        raise ValueError("应以 sqlite:/// 或 postgresql:// 开头")
    if scheme == "postgresql" and find_spec("psycopg") is None:
        raise ValueError("连接 PostgreSQL 需要 psycopg：pip install 'psycopg[binary]'")
    return url


def _host_and_port(listen: str) -> str | None:
    if listen.casefold() == "off":
        return None
    host, _, port = listen.rpartition(":")
    if not host or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError("应形如 127.0.0.1:8080；不监听写 off")
    return listen


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise ValueError(f"没有这个目录：{folder}")
    return folder


def _file(file: Path) -> Path:
    if not file.is_file():
        raise ValueError(f"没有这个文件：{file}")
    return file


Numbers = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_numbers)]
Quiet = Annotated[QuietHours, NoDecode, BeforeValidator(_quiet_hours)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Token = Annotated[SecretStr, AfterValidator(_token)]
MetricsToken = Annotated[SecretStr, AfterValidator(_metrics_token)]
SigningSecret = Annotated[SecretStr, AfterValidator(_signing_secret)]
Address = Annotated[str, AfterValidator(_address)]
Database = Annotated[SecretStr, AfterValidator(_database)]
HostAndPort = Annotated[str | None, BeforeValidator(_host_and_port)]
ExistingFile = Annotated[Path, AfterValidator(_file)]
Folder = Annotated[Path, AfterValidator(_folder)]
