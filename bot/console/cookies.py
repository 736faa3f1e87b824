"""Cookies and form tokens (会话凭证): what a browser holds, and what its forms must carry."""

import hmac

from starlette.requests import Request
from starlette.responses import Response

from bot.console.parts import Parts
from bot.store.signing_in import SESSION_LIFETIME

__all__ = ["csrf_matches", "csrf_token", "drop_session", "give_session", "session_token"]


def _name(parts: Parts) -> str:
    # The prefix makes browsers refuse the cookie from another host, or without https.
    return "__Host-mingzhang" if parts.is_secure else "mingzhang"


def session_token(parts: Parts, request: Request) -> str:
    """What the browser holds; empty where it holds nothing."""
    return request.cookies.get(_name(parts), "")


def give_session(parts: Parts, response: Response, token: str) -> None:
    """Let the browser hold a session; whatever it held before is replaced."""
    response.set_cookie(
        _name(parts),
        token,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        path="/",
        secure=parts.is_secure,
        httponly=True,
        # Sign-in comes from a link in Telegram; "strict" would show it signed out at first.
        samesite="lax",
    )


def drop_session(parts: Parts, response: Response) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(
        _name(parts), path="/", secure=parts.is_secure, httponly=True, samesite="lax"
    )


def csrf_token(token: str) -> str:
    """What the forms of a session carry; nobody can get from it to the session's own token."""
    return hmac.digest(token.encode(), b"form", "sha256").hex()


def csrf_matches(token: str, given: str) -> bool:
    """Whether a form comes from this session's own page."""
    return hmac.compare_digest(csrf_token(token).encode(), given.encode())
