"""Where browsers reach the console (运营页面的地址)."""

from bot.settings import Settings

__all__ = ["console_address", "sign_in_address"]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def console_address(settings: Settings) -> str:
    """The public address, else the one listened on, which only this machine reaches."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host, _, port = (settings.listen or "127.0.0.1:8080").rpartition(":")
    return f"http://{host if host in LOOPBACK else '127.0.0.1'}:{port}"


def sign_in_address(address: str, code: str) -> str:
    """The one-time link for a code."""
    return f"{address}/console/enter?code={code}"
