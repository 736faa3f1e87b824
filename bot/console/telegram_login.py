"""Sign-in by Telegram (Telegram 登录): the fields of the login widget, checked with the token.

https://core.telegram.org/widgets/login: the hash is the HMAC-SHA-256 of all other fields, one
`name=value` a line by name, under the SHA-256 of the bot's token.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

__all__ = ["FIELDS", "TelegramLogin", "read_login"]

FIELDS = ("id", "first_name", "last_name", "username", "photo_url", "auth_date", "hash")
OLDEST = timedelta(days=1)
AHEAD = timedelta(minutes=5)
"""How far Telegram's clock may be before ours."""


@dataclass(frozen=True, slots=True)
class TelegramLogin:
    """Who signs in; `proof` must be taken once only, and is worth nothing after `until`."""

    user: int
    name: str
    proof: str
    until: datetime


def read_login(fields: Mapping[str, str], token: str, now: datetime) -> TelegramLogin | None:
    """Who signs in, or None if the fields are forged, incomplete or too old."""
    signed = {name: fields[name] for name in FIELDS[:-1] if name in fields}
    lines = "\n".join(f"{name}={signed[name]}" for name in sorted(signed))
    seal = hmac.digest(sha256(token.encode()).digest(), lines.encode(), "sha256").hex()
    if not hmac.compare_digest(seal.encode(), fields.get("hash", "").encode()):
        return None
    user, at = signed.get("id", ""), signed.get("auth_date", "")
    if not (_is_number(user) and _is_number(at)):
        return None
    signed_at = datetime.fromtimestamp(int(at), UTC)
    if not now - OLDEST <= signed_at <= now + AHEAD:
        return None
    name = " ".join(filter(None, (signed.get("first_name"), signed.get("last_name"))))
    return TelegramLogin(int(user), name, seal, signed_at + OLDEST + AHEAD)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 15 and int(text) < 1 << 52
