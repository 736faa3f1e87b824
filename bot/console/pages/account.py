"""One's own sign-in (我的登录): leaving here or everywhere, the language, light or dark."""

from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from bot.console.cookies import drop_session
from bot.console.manner import LANGUAGES, THEMES
from bot.console.page import Page, get, post
from bot.console.visit import CONSOLE, Visit
from bot.store.signing_in import end_session, end_sessions_of
from bot.store.staff import StaffRole

__all__ = ["PAGE"]

_A_YEAR = 365 * 24 * 3600


def show(visit: Visit) -> Response:
    """Who is signed in, since when, and the ways out."""
    return visit.show("pages/account.html")


def prefer(visit: Visit) -> Response:
    """Keep a language or a theme in the browser, and go back to where it was chosen."""
    here = visit.field("here")
    # Only our own pages: "//host" and "/\host" would lead elsewhere.
    ours = here.startswith(f"{CONSOLE}/") and "//" not in here and "\\" not in here
    response = RedirectResponse(here if ours else f"{CONSOLE}/", 303)
    for name, known in (("language", LANGUAGES), ("theme", THEMES)):
        if visit.field(name) in known:
            response.set_cookie(
                name,
                visit.field(name),
                max_age=_A_YEAR,
                path=CONSOLE,
                secure=visit.parts.is_secure,
                httponly=True,
                samesite="lax",
            )
    return response


def sign_out(visit: Visit) -> Response:
    """End this session."""

    def leave(connection: Connection) -> None:
        end_session(connection, visit.session)
        visit.record(connection, "signed_out")

    visit.writes(leave)
    return _gone(visit)


def sign_out_everywhere(visit: Visit) -> Response:
    """End all sessions of this person."""

    def leave(connection: Connection) -> None:
        end_sessions_of(connection, visit.user)
        visit.record(connection, "signed_out_everywhere")

    visit.writes(leave)
    return _gone(visit)


def _gone(visit: Visit) -> Response:
    response = RedirectResponse(f"{CONSOLE}/sign-in", 303)
    drop_session(visit.parts, response)
    return response


PAGE = Page(
    "account",
    "person",
    (
        get("", show),
        post("/preferences", prefer, StaffRole.VIEWER),
        post("/sign-out", sign_out, StaffRole.VIEWER),
        post("/sign-out-everywhere", sign_out_everywhere, StaffRole.VIEWER),
    ),
    listed=False,
)
