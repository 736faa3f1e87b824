"""Where a bot wants its updates delivered, if it does not poll."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.simulator.refusal import bad_request

__all__ = ["NO_WEBHOOK", "Webhook", "accepted_webhook"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address for updates; empty means that the bot polls."""

    url: str = ""
    secret_token: str = ""

    def as_json(self, pending: int) -> dict[str, object]:
        """Telegram's WebhookInfo."""
        return {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": pending,
        }


NO_WEBHOOK = Webhook()


def accepted_webhook(url: str, secret_token: str) -> Webhook:
    """The webhook if Telegram would take it; http is allowed, as on a self-hosted server."""
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret_token):
        raise bad_request("secret token contains illegal characters")
    return Webhook(url, secret_token)
