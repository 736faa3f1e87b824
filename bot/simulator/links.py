"""Which addresses Telegram accepts in links and buttons."""

import re
from urllib.parse import urlsplit

__all__ = ["checked_link", "mentioned_user"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_MENTION = re.compile(r"tg://user\?id=([0-9]{1,16})")
_OWN_SCHEMES = ("tg:", "ton:", "tonsite:")


def mentioned_user(address: str) -> int | None:
    """The person meant by a `tg://user?id=…` link."""
    match = _MENTION.fullmatch(address.strip())
    return int(match[1]) if match else None


def checked_link(address: str) -> str | None:
    """The address as Telegram keeps it, or None where it drops the link.

    Only http, https and Telegram's own schemes pass; a missing scheme means http.
    """
    address = address.strip()
    if address.lower().startswith(_OWN_SCHEMES):
        return address
    if "://" not in address:
        if _SCHEME.match(address) and not re.match(r"[^/:.]*\.[^/:]*:[0-9]+(?:/|$)", address):
            return None
        address = f"http://{address}"
    return _checked_http(address)


def _checked_http(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if (
        parts.scheme.lower() not in ("http", "https")
        or "." not in host
        or re.search(r"\s", address)
    ):
        return None
    return address if parts.path or parts.query or parts.fragment else f"{address}/"
