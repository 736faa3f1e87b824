"""Logs (日志) that hold no secret."""

import logging
from collections.abc import Iterable

__all__ = ["configure_logging"]

TALKATIVE = ("alembic", "asyncio", "uvicorn", "watchfiles")
"""Libraries that write lines nobody who runs the bot has use for."""


def configure_logging(level: str, secrets: Iterable[str]) -> None:
    """Log to standard error; the secrets are masked wherever a library may write them."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Masking("%(asctime)s %(levelname)s %(name)s: %(message)s", secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library in TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)


class _Masking(logging.Formatter):
    """Masks secrets in the finished text, tracebacks included."""

    def __init__(self, form: str, secrets: Iterable[str]) -> None:
        super().__init__(form)
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, without secrets."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text
