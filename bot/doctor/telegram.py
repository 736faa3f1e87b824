"""What Telegram says of the bot (体检：Telegram): its token, its webhook, what time it is."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.doctor.finding import Finding, find
from bot.settings import Settings
from bot.telegram.transport import Accepted, BotApi, Outcome, Refused
from bot.telegram.webhook_gateway import WebhookPlace

__all__ = ["LARGEST_DIFFERENCE", "clock", "token_and_webhook"]

ANSWER_SECONDS = 10.0
LARGEST_DIFFERENCE = timedelta(seconds=30)
"""Less than that no reminder is noticeably late, and answers to HTTP take a moment."""
ERRORS_LAST = timedelta(hours=1)
MANY_PENDING = 100


async def token_and_webhook(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Whether Telegram knows the bot, and brings its updates where the settings say."""
    if settings.token is None:
        yield find("token.missing")
        return
    api = BotApi(settings.bot_api, settings.token.get_secret_value())
    await api.open()
    try:
        known = _token(settings, await api.call("getMe", {}, ANSWER_SECONDS))
        yield known
        if known.code == "token.ok":
            said = await api.call("getWebhookInfo", {}, ANSWER_SECONDS)
            for finding in _webhook(settings, said, now):
                yield finding
    finally:
        await api.close()


def _token(settings: Settings, outcome: Outcome) -> Finding:
    match outcome:
        case Accepted({"username": str(name)}):
            return find("token.ok", name=name)
        case Refused(401 | 404):
            return find("token.refused")
    return find("token.unreachable", address=settings.bot_api, reason=_reason(outcome))


def _webhook(settings: Settings, outcome: Outcome, now: datetime) -> Iterator[Finding]:
    if not isinstance(outcome, Accepted) or not isinstance(outcome.result, Mapping):
        yield find("webhook.unknown", reason=_reason(outcome))
        return
    info = outcome.result
    findings = [*_address(settings, str(info.get("url") or "")), *_delivery(info, now)]
    yield from findings or [find("webhook.ok")]


def _address(settings: Settings, url: str) -> Iterator[Finding]:
    if settings.mode == "polling":
        if url:
            yield find("webhook.left", url=url)
        return
    wanted = WebhookPlace(settings.webhook_url or "", "").address
    if not url:
        yield find("webhook.unregistered")
    elif url != wanted:
        yield find("webhook.elsewhere", url=url, wanted=wanted)


def _delivery(info: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    at, message = info.get("last_error_date"), str(info.get("last_error_message") or "")
    if isinstance(at, int) and now - datetime.fromtimestamp(at, UTC) < ERRORS_LAST:
        yield find(_failure(message), message=message)
    pending = info.get("pending_update_count")
    if isinstance(pending, int) and pending > MANY_PENDING:
        yield find("webhook.pending", count=pending)


def _failure(message: str) -> str:
    said = message.casefold()
    if "certificate" in said or "ssl" in said:
        return "webhook.certificate"
    return "webhook.refused" if "403" in said else "webhook.failing"


async def clock(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Whether this machine's clock agrees with that of the Bot API's server."""
    told = await _their_time(settings.bot_api)
    if told is None:
        yield find("clock.unknown")
        return
    difference = now - told
    if abs(difference) > LARGEST_DIFFERENCE:
        seconds = round(abs(difference).total_seconds())
        yield find("clock.off", seconds=seconds, against="Telegram")
    else:
        yield find("clock.ok", against="Telegram")


async def _their_time(address: str) -> datetime | None:
    """What the Date of an answer says; the address holds no token."""
    limits = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=limits) as http,
            http.get(address, allow_redirects=False) as answer,
        ):
            return parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError):
        return None


def _reason(outcome: Outcome) -> str:
    if isinstance(outcome, Refused):
        return f"{outcome.code} {outcome.description}"
    return str(getattr(outcome, "reason", "") or type(outcome).__name__)
