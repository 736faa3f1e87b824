"""Pages that say what went wrong (出错页), in words, with what to do."""

from collections.abc import Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from bot.console.manner import manner_of
from bot.console.parts import Parts
from bot.console.rendering import plain_page

__all__ = ["BodyTooLongError", "Failing", "failing_page", "refuse", "status_of", "to_sign_in"]

Failing = Callable[[Scope, Exception], Response]

SIGN_IN = "/console/sign-in"
_WORDS: Mapping[int, str] = {
    400: "unreadable_form",
    401: "signed_out",
    403: "forbidden",
    404: "no_such_page",
    405: "no_such_page",
    413: "too_long",
    429: "too_fast",
    500: "our_fault",
}


class BodyTooLongError(Exception):
    """A request has more to say than its endpoint reads."""


def refuse(parts: Parts, request: Request, status: int, words: str | None = None) -> HTMLResponse:
    """A page that says why something is not done; `words` is a key of the layout's words."""
    manner = manner_of(request, parts.settings.timezone, parts.now())
    shown = {"words": words or _WORDS[status], "status": status}
    response = HTMLResponse(plain_page(manner, "layout/refused.html", shown), status)
    if status == 429:
        response.headers["Retry-After"] = "5"
    return response


def to_sign_in(parts: Parts, request: Request) -> Response:
    """Show the way in to whoever is not signed in; a form's content is not kept for later."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": SIGN_IN})
    if request.method in ("GET", "HEAD"):
        return RedirectResponse(SIGN_IN, 303)
    return refuse(parts, request, 401)


def failing_page(parts: Parts) -> Failing:
    """What answers when a handler failed."""

    def answer(scope: Scope, error: Exception) -> Response:
        return refuse(parts, Request(scope), status_of(error))

    return answer


def status_of(error: Exception) -> int:
    """What an error of a handler says to the browser; a page may refuse by HTTPException."""
    if isinstance(error, BodyTooLongError):
        return 413
    said = error.status_code if isinstance(error, HTTPException) else 500
    return said if said in _WORDS else 500
