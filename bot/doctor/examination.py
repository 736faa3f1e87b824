"""The examination (检查): every check in turn; one that breaks is itself a finding."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime

from bot.doctor import content, machine, web
from bot.doctor import telegram as of_telegram
from bot.doctor.database import of_database
from bot.doctor.finding import Finding, find
from bot.settings import Settings

__all__ = ["examine"]

AsyncCheck = Callable[[Settings, datetime], AsyncIterator[Finding]]
Check = Callable[[Settings, datetime], Iterator[Finding]]


ASKING: tuple[AsyncCheck, ...] = (of_telegram.token_and_webhook, of_telegram.clock, web.web)
"""Those on the network, in the order in which they are told."""
BLOCKING: tuple[Check, ...] = (
    of_database,
    content.answers,
    machine.fonts,
    machine.disk,
    content.operator,
)
"""Those that block, after them."""


async def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Everything that was found of an installation with usable settings."""
    findings = [find("settings.ok")]
    for asking in ASKING:
        try:
            findings += [each async for each in asking(settings, now)]
        except Exception as error:  # one broken check hides no other
            findings.append(_broken(asking.__name__, error))
    for blocking in BLOCKING:
        findings += await asyncio.to_thread(_blocking, blocking, settings, now)
    return findings


def _blocking(check: Check, settings: Settings, now: datetime) -> list[Finding]:
    try:
        return list(check(settings, now))
    except Exception as error:  # one broken check hides no other
        return [_broken(check.__name__, error)]


def _broken(name: str, error: Exception) -> Finding:
    return find("doctor.broken", check=name, reason=type(error).__name__)
