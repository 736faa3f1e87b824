"""Who may read the figures (准入): they hold nothing of a person, and still are nobody else's.

With a token only the token counts. Without one, only who asks directly from this machine or a
private network: behind a proxy everybody seems to come from there, and the proxy's own headers
give it away.
"""

import hmac
from collections.abc import Mapping
from ipaddress import ip_address

__all__ = ["may_read"]

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def may_read(host: str | None, headers: Mapping[str, str], token: str | None) -> bool:
    """Whether a request from an address may be answered; header names in lower case."""
    if token is not None:
        given = headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if any(name in headers for name in _FORWARDED):
        return False
    try:
        address = ip_address(host or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_private
