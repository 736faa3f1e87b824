"""Logs (日志) that hold no secret."""

import logging
from collections.abc import Iterable

__all__ = ["configure_logging", "mask_also", "quieten"]

TALKATIVE = ("alembic", "asyncio", "telegram", "uvicorn", "watchfiles")
"""Libraries that write lines nobody who runs the bot has use for, or tokens and messages."""
RETRYING = "stamina"
"""Tells of every attempt; who retries says what became of all of them."""


def configure_logging(level: str, secrets: Iterable[str]) -> None:
    """Log to standard error; the secrets are masked wherever a library may write them."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Masking("%(asctime)s %(levelname)s %(name)s: %(message)s", secrets))
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


class _Masking(logging.Formatter):
    """Masks secrets in the finished text, tracebacks included."""

    def __init__(self, form: str, secrets: Iterable[str]) -> None:
        super().__init__(form)
        self._secrets: tuple[str, ...] = ()
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask these too; one that holds another is masked first."""
        known = {*self._secrets, *(secret for secret in secrets if secret)}
        self._secrets = tuple(sorted(known, key=len, reverse=True))

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, without secrets."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text
