"""Settings (设置): environment → one frozen value, all problems listed at once."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.platform_keys import PlatformKeys
from bot.reminders import QuietHours
from bot.setting_forms import (
    Address,
    Database,
    ExistingFile,
    Folder,
    HostAndPort,
    MetricsToken,
    Numbers,
    Quiet,
    SigningSecret,
    Token,
    Zone,
)

__all__ = ["Described", "Settings", "SettingsError", "describe", "load_settings", "unset"]

PREFIX = "MINGZHANG_"
TELEGRAM = "https://api.telegram.org"
RESERVED_PATHS = ("/healthz", "/readyz", "/metrics", "/console")
HOW_TO_GET_ONE = (
    "MINGZHANG_TOKEN：还没有设置机器人的令牌。在 Telegram 里向 @BotFather 发送 /newbot，"
    "按提示起名，把它给的令牌（形如 123456:ABC…）放进环境变量 MINGZHANG_TOKEN，"
    "或写进文件并设置 MINGZHANG_TOKEN_FILE；不想连 Telegram，可以先运行 mingzhang demo"
)


class SettingsError(Exception):
    """Settings that cannot be used; `problems` has one line (zh) for each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _default_database() -> SecretStr:
    folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return SecretStr(f"sqlite:///{folder / 'mingzhang' / 'mingzhang.db'}")


class Settings(PlatformKeys):
    """Everything an installation can set; the description of a field says its form (zh)."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        arbitrary_types_allowed=True,
        validate_default=False,
        hide_input_in_errors=True,
    )

    token: Token | None = Field(default=None, description="机器人的令牌，来自 @BotFather")
    secret: SigningSecret | None = Field(
        default=None, description="给按钮签名的密钥，至少 16 个字符；不设则自动生成并保存"
    )
    bot_api: Address = Field(default=TELEGRAM, description="Bot API 的根地址，http(s)://…")
    database_url: Database = Field(
        default_factory=_default_database, description="sqlite:///… 或 postgresql://…"
    )
    mode: Literal["polling", "webhook"] = Field(
        default="polling", description="polling 或 webhook"
    )
    webhook_url: Address | None = Field(
        default=None, description="Telegram 送来消息的地址，https://…；没有路径时用 /telegram"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="32–256 个字母、数字、_ 或 -"
    )
    listen: HostAndPort = Field(
        default="127.0.0.1:8080", description="监听的地址，主机:端口；off：不监听"
    )
    metrics_token: MetricsToken | None = Field(
        default=None, description="读 /metrics 的口令，至少 16 个字符；不设则只许内网直接读"
    )
    public_url: Address | None = Field(default=None, description="运营页面的对外地址")
    operator_chat: int | None = Field(default=None, description="运营方的聊天编号，一个整数")
    admins: Numbers = Field(default=(), description="管理员的用户编号，用逗号隔开的整数")
    burst: int = Field(
        default=30, ge=0, description="一个人一下子最多几条消息，之后每秒一条；0：不限"
    )
    human_within: int = Field(
        default=30, ge=1, le=1440, description="转人工后多少分钟内应有人接手（静默时段不算）"
    )
    human_names: bool = Field(
        default=False, description="转人工时让对方看到是谁在回复：true 或 false"
    )
    timezone: Zone = Field(
        default=ZoneInfo("Asia/Shanghai"), description="显示与静默时段所用的时区"
    )
    rules_dir: Folder | None = Field(default=None, description="运营方自己的规则目录")
    knowledge_dir: Folder | None = Field(default=None, description="运营方自己的知识目录")
    creators: ExistingFile | None = Field(
        default=None, description="达人登记表 creators.yaml：每次导入和同步前先读它"
    )
    semantic: Literal["auto", "off"] = Field(
        default="auto", description="auto：装了语义模型就用；off：不用"
    )
    quiet_hours: Quiet = Field(
        default=QuietHours(time(21), time(9)), description="不推送的时段，形如 21:00-09:00"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG、INFO、WARNING 或 ERROR"
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="console：给人看；json：一行一个 JSON"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, then the files it names."""
        return env_settings, _NamedFiles(settings_cls)

    @model_validator(mode="after")
    def _webhook(self) -> Self:
        if self.mode == "webhook":
            if problem := self._webhook_address_problem():
                raise ValueError(f"MINGZHANG_WEBHOOK_URL：{problem}")
            secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
            if not re.fullmatch(r"[A-Za-z0-9_-]{32,256}", secret):
                raise ValueError(
                    "MINGZHANG_WEBHOOK_SECRET：webhook 模式需要 32–256 个字母、数字、_ 或 -"
                )
            if self.listen is None:
                raise ValueError("MINGZHANG_LISTEN：webhook 模式要监听，不能是 off")
        return self

    def _webhook_address_problem(self) -> str | None:
        address = urlsplit(self.webhook_url or "")
        # Telegram's own servers want https; a self-hosted one may sit on the same machine.
        schemes = ("https",) if self.bot_api == TELEGRAM else ("https", "http")
        if address.scheme not in schemes:
            return "webhook 模式需要一个 https:// 地址"
        token = self.token.get_secret_value() if self.token else None
        if token and token in address.geturl():
            return "地址里不要放令牌：地址会出现在代理的日志里"
        if address.path.startswith(RESERVED_PATHS):
            return f"这个路径另有用处，请换一个，如 {address.scheme}://{address.netloc}/telegram"
        return None

    def need_token(self) -> str:
        """The token; raises SettingsError that says how to get one."""
        if self.token is None:
            raise SettingsError((HOW_TO_GET_ONE,))
        return self.token.get_secret_value()


class _NamedFiles(PydanticBaseSettingsSource):
    """`MINGZHANG_TOKEN_FILE` and its like: the value is the content of a file."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file named for a setting, None without one."""
        path = os.environ.get(_variable(field_name) + "_FILE")
        content = _content(path) if path else None
        return (content if isinstance(content, str) else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in _fields()}
        return {name: value for name, value in found.items() if value is not None}


def load_settings() -> Settings:
    """The settings of this process; raises SettingsError with one line for each problem."""
    problems = [problem for name, _ in _fields() if (problem := _file_problem(_variable(name)))]
    try:
        settings = Settings()
    except ValidationError as error:
        problems.extend(_problem(dict(each)) for each in error.errors(include_url=False))
    if problems:
        raise SettingsError(tuple(problems))
    return settings


@dataclass(frozen=True, slots=True)
class Described:
    """A setting as it is shown: secrets masked, with where its value comes from."""

    name: str
    value: str
    origin: str
    meaning: str


def describe(settings: Settings) -> list[Described]:
    """All settings, in the order in which they are declared."""
    return [
        Described(
            _variable(name),
            _shown(getattr(settings, name)),
            _origin(_variable(name)),
            field.description or "",
        )
        for name, field in _fields()
    ]


def unset() -> list[Described]:
    """All settings as they are while nothing is set; the value is empty without a default."""
    return [
        Described(_variable(name), _default(field), "默认", field.description or "")
        for name, field in _fields()
    ]


def _default(field: FieldInfo) -> str:
    """A default as it is written in the environment."""
    value = field.default
    if field.default_factory or value in (None, ()):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fields() -> list[tuple[str, FieldInfo]]:
    keys = PlatformKeys.model_fields
    own = [each for each in Settings.model_fields.items() if each[0] not in keys]
    return own + list(keys.items())


def _variable(field: str) -> str:
    return PREFIX + field.upper()


def _content(path: str) -> str | OSError | UnicodeDecodeError:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        return error


def _file_problem(variable: str) -> str | None:
    path = os.environ.get(f"{variable}_FILE")
    if not path:
        return None
    if os.environ.get(variable):
        return f"{variable}：和 {variable}_FILE 只能设一个，请去掉其中之一"
    content = _content(path)
    if not isinstance(content, str):
        return f"{variable}_FILE：读不了文件 {path}（{type(content).__name__}），请检查路径与权限"
    return None if content else f"{variable}_FILE：文件 {path} 是空的"


def _problem(error: Mapping[str, Any]) -> str:
    if not error["loc"]:
        return str(error["ctx"]["error"])
    name = str(error["loc"][0])
    variable = _variable(name)
    if error["type"] == "value_error":
        return f"{variable}：{error['ctx']['error']}"
    return f"{variable}：值不对，应为：{Settings.model_fields[name].description}"


def _origin(variable: str) -> str:
    if os.environ.get(variable):
        return "环境变量"
    return "文件" if os.environ.get(f"{variable}_FILE") else "默认"


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        address = value.get_secret_value()
        # an address is worth seeing, the password in it is not
        return re.sub(r"(?<=:)[^:@/]+(?=@)", "***", address) if "://" in address else "已设置"
    if value is None or value == ():
        return "未设置"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
