"""Where a bot wants its updates delivered, if it does not poll."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.simulator.refusal import bad_request

__all__ = ["NO_WEBHOOK", "DeliveryError", "Webhook", "accepted_webhook"]

USUAL_CONNECTIONS = 40
MOST_CONNECTIONS = 100


@dataclass(frozen=True, slots=True)
class DeliveryError:
    """Why the last delivery failed; `date` in Unix seconds."""

    date: int
    message: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address for updates; empty means that the bot polls."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = USUAL_CONNECTIONS

    def as_json(self, pending: int, error: DeliveryError | None = None) -> dict[str, object]:
        """Telegram's WebhookInfo."""
        shape: dict[str, object] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": pending,
        }
        if self.url:
            shape["max_connections"] = self.max_connections
        if error:
            shape |= {"last_error_date": error.date, "last_error_message": error.message}
        return shape


NO_WEBHOOK = Webhook()


def accepted_webhook(url: str, secret_token: str, max_connections: int) -> Webhook:
    """The webhook if Telegram would take it; http is allowed, as on a self-hosted server."""
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret_token):
        raise bad_request("secret token contains illegal characters")
    # Telegram clamps instead of refusing.
    connections = min(max(max_connections or USUAL_CONNECTIONS, 1), MOST_CONNECTIONS)
    return Webhook(url, secret_token, connections)
