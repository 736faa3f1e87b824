"""What the platforms' signatures (签名) and requests have in common."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import md5
from urllib.parse import urlencode

from settlement.apis.values import HttpCall
from settlement.shanghai import in_shanghai

FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
JSON = {"Content-Type": "application/json;charset=utf-8"}


def run_together(parameters: Mapping[str, str]) -> str:
    """Return names and values by name; what is empty is neither sent nor signed."""
    return "".join(f"{name}{value}" for name, value in sorted(parameters.items()) if value)


def md5_between_secrets(parameters: Mapping[str, str], secret: str) -> str:
    """Return the upper-case MD5 that JD, Taobao and Pinduoduo sign with."""
    return md5_of(f"{secret}{run_together(parameters)}{secret}").upper()


def md5_of(text: str) -> str:
    """Return the MD5 of a text in lower-case hexadecimal."""
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def compact(value: object) -> str:
    """Write JSON without blanks and with sorted names, as it is signed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def shanghai_text(instant: datetime) -> str:
    """Write an instant as the platforms do: Shanghai's clock, to the second."""
    return in_shanghai(instant).strftime("%Y-%m-%d %H:%M:%S")


def unix_seconds(instant: datetime) -> int:
    """Return whole seconds since 1970."""
    return int(instant.timestamp())


def form_call(address: str, parameters: Mapping[str, str]) -> HttpCall:
    """Return a POST with these parameters as a form; empty ones are left out."""
    filled = {name: value for name, value in parameters.items() if value}
    return HttpCall(address, urlencode(filled).encode(), FORM)
