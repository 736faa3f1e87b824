"""What was asked, and how a platform says no; written from the platforms' documents."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.platform_server.sales import SHANGHAI

LARGEST_SKEW = timedelta(minutes=10)


@dataclass(frozen=True)
class Keys:
    """What an application was given by the platform."""

    app_key: str = "24681357"
    app_secret: str = "5ec7e7-of-the-application"  # noqa: S105
    sign_secret: str = "another-5ec7e7"  # noqa: S105


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    query: Mapping[str, str]
    body: str
    form: Mapping[str, str]


@dataclass
class No(Exception):
    """A refusal in the platform's own terms."""

    code: str
    words: str
    detail: str = ""


def signed_between(secret: str, values: Mapping[str, str]) -> str:
    """MD5 of secret, sorted names and values, secret; upper case."""
    text = secret
    for name in sorted(values):
        if name != "sign":
            text += name + values[name]
    return (
        hashlib.new("md5", (text + secret).encode("utf-8"), usedforsecurity=False)
        .hexdigest()
        .upper()
    )


def keyed(secret: str, text: str, algorithm: str) -> str:
    """HMAC in lower-case hexadecimal."""
    return hmac.new(secret.encode("utf-8"), text.encode("utf-8"), algorithm).hexdigest()


def required(values: Mapping[str, Any], *names: str, code: str, words: str) -> None:
    """Refuse a request that lacks one of its parameters."""
    for name in names:
        if values.get(name) in (None, ""):
            raise No(code, f"{words}:{name}")


def parse_time(written: object, code: str, words: str) -> datetime:
    """A time on Shanghai's clock, in the one form the documents allow."""
    try:
        return datetime.strptime(str(written), "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        raise No(code, words) from None


def parse_object(written: object, code: str, words: str) -> dict[str, Any]:
    """A JSON object inside a parameter."""
    try:
        value = json.loads(str(written))
    except ValueError:
        raise No(code, words) from None
    if not isinstance(value, dict):
        raise No(code, words)
    return value


def check_skew(sent: datetime, now: datetime, code: str, words: str) -> None:
    """Refuse a timestamp too far from the platform's clock."""
    if abs(sent - now) > LARGEST_SKEW:
        raise No(code, words)
