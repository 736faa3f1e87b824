"""Logs (日志) that hold no secret: one event a line, as text or as JSON.

Modules write with `logging`; what an event is about stands in `extra`, by names that say nothing
personal. What is masked is masked by the handler, so that no library gets around it: the secrets
this process knows, and whatever looks like a token, a password or an order number.
"""

import logging
import re
from collections.abc import Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any, Literal

import orjson
import structlog

__all__ = ["Form", "about", "configure_logging", "fault_name", "mask_also", "quieten"]

Form = Literal["console", "json"]

TALKATIVE = ("alembic", "asyncio", "telegram", "uvicorn", "watchfiles")
"""Libraries that write lines nobody who runs the bot has use for, or tokens and messages."""
RETRYING = "stamina"
"""Tells of every attempt; who retries says what became of all of them."""

_MASK = "***"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What begins another line, or moves the cursor of whoever reads the log in a terminal."""
_PATTERNS = (
    # a bot's token, wherever it stands: in an address, a header, an error
    re.compile(r"(?<![0-9])[0-9]{3,}:[A-Za-z0-9_-]{20,}"),
    re.compile(r"(?<=/bot)[0-9]+:[^/\s\"'\\]+"),
    # a password in an address
    re.compile(r"(?<=://)[^\s/@:\"'\\]*:[^\s/@\"'\\]+(?=@)"),
    # order numbers; the ids of chats, updates and rows are shorter
    re.compile(r"(?<![0-9])[0-9]{14,}(?![0-9])|(?<![0-9-])[0-9]{11,13}(?![0-9])"),
    re.compile(r"(?<![0-9])[0-9]{6}-[0-9]{12,}(?![0-9])"),
)


def configure_logging(level: str, secrets: Iterable[str], form: Form = "console") -> None:
    """Log to standard error; secrets are masked wherever a library may write them."""
    handler = _Discreet()
    handler.setFormatter(_Masking(_RENDERERS[form](), secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    quieten()


def quieten() -> None:
    """Leave out what libraries write about every step of theirs."""
    for library in TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.getLogger(RETRYING).setLevel(logging.ERROR)


def mask_also(secrets: Iterable[str]) -> None:
    """Mask what has become a secret since, such as a token that was renewed."""
    added = list(secrets)
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, _Masking):
            handler.formatter.learn(added)


def about(**named: object) -> None:
    """Say in every event of the running task what it is about; None is left out."""
    known = {name: value for name, value in named.items() if value is not None}
    structlog.contextvars.bind_contextvars(**known)


def fault_name(error: BaseException) -> str:
    """What an error is called, as in ``OperationalError SQLITE_FULL``; its words may quote people.

    A database's own code follows: SQLite's name, or PostgreSQL's SQLSTATE.
    """
    told = getattr(error, "orig", None)
    code = getattr(told, "sqlite_errorname", None) or getattr(told, "sqlstate", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _console() -> structlog.typing.Processor:
    return structlog.dev.ConsoleRenderer(
        colors=False,
        pad_event_to=0,
        pad_level=False,
        sort_keys=False,
        # The other formatters show the values of variables.
        exception_formatter=structlog.dev.plain_traceback,
    )


def _json() -> structlog.typing.Processor:
    return structlog.processors.JSONRenderer(
        lambda event, **_: orjson.dumps(event, default=repr).decode()
    )


_RENDERERS: dict[Form, Callable[[], structlog.typing.Processor]] = {
    "console": _console,
    "json": _json,
}


class _Discreet(logging.StreamHandler[Any]):
    """A line that cannot be written is not explained: that would quote what it was to say."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say where it came from, if anybody can be told: whoever logs goes on in any case."""
        with suppress(OSError, ValueError):
            self.stream.write(f"a line of {record.name}:{record.lineno} could not be written\n")


class _Masking(structlog.stdlib.ProcessorFormatter):
    """Masks secrets in every value before it is rendered, tracebacks included."""

    def __init__(self, renderer: structlog.typing.Processor, secrets: Iterable[str]) -> None:
        self._secrets: tuple[str, ...] = ()
        self.learn(secrets)
        super().__init__(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.ExtraAdder(),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                self._masked,
                renderer,
            ],
        )

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask these too; one that holds another is masked first."""
        known = {*self._secrets, *(secret for secret in secrets if secret)}
        self._secrets = tuple(sorted(known, key=len, reverse=True))

    def _masked(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """The event with nothing in it that would be a secret, nor a second line."""
        masked = {name: self._value(value) for name, value in event.items()}
        if "exception" in event:
            lines = self._text(event["exception"]).split("\n")
            masked["exception"] = "\n".join(map(self._value, lines))
        return masked

    def _value(self, value: Any) -> Any:
        text = self._text(str(value))
        if isinstance(value, int | float | None) and text == str(value):
            return value
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)

    def _text(self, text: str) -> str:
        # a lone surrogate cannot be written
        text = text.encode("utf-8", "backslashreplace").decode()
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        for pattern in _PATTERNS:
            text = pattern.sub(_MASK, text)
        return text
