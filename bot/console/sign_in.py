"""The way in (登录页): one-time links and sign-in by Telegram, each with a button to press.

Opening an address changes nothing, so that what looks at links ahead of people, such as a
preview, uses none up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.console.answering import Pace, in_thread, is_own_form, read_form
from bot.console.cookies import give_session, session_token
from bot.console.failing import refuse
from bot.console.guarding import CONTENT_POLICY
from bot.console.manner import manner_of
from bot.console.parts import Parts
from bot.console.rendering import plain_page
from bot.console.telegram_login import FIELDS, read_login
from bot.store.audit import AuditEntry, record
from bot.store.signing_in import end_session, find_session, open_session, use_link, use_once
from bot.store.staff import role_of
from bot.store.transactions import transact

__all__ = ["SignIn"]

Proves = Callable[[Connection, dict[str, str]], tuple[int, str] | None]
"""Who the fields of a form prove somebody to be, as user and name."""

_FORM_BYTES = 16 * 1024
_WIDGET_POLICY = CONTENT_POLICY.replace(
    "script-src 'self'", "script-src 'self' https://telegram.org"
).replace("connect-src", "frame-src https://oauth.telegram.org; connect-src")


@dataclass(frozen=True, slots=True)
class SignIn:
    """The pages for whoever is not signed in."""

    parts: Parts
    pace: Pace

    def routes(self) -> list[Route]:
        """Where they lie, below /console."""
        return [
            Route("/sign-in", self.show, methods=["GET"]),
            Route("/enter", self.show_button, methods=["GET"]),
            Route("/enter", self.enter, methods=["POST"]),
            Route("/telegram", self.show_button, methods=["GET"]),
            Route("/telegram", self.enter_by_telegram, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Say how to get in; Telegram's button where Telegram can reach the page."""
        bot = self.parts.bot_name()
        # Telegram wants a domain for its button, and browsers a secure page for its frame.
        widget = bool(bot) and self.parts.is_secure
        address = f"{self.parts.origin}/console/telegram"
        shown = {"bot": bot, "widget": widget, "address": address}
        response = self._page(request, "layout/sign_in.html", shown)
        if widget:
            response.headers["Content-Security-Policy"] = _WIDGET_POLICY
        return response

    async def show_button(self, request: Request) -> Response:
        """The button that signs in with what the address says."""
        names = ("code",) if request.url.path.endswith("/enter") else FIELDS
        given = {
            name: request.query_params[name] for name in names if name in request.query_params
        }
        where = request.url.path.rpartition("/")[2]
        return self._page(request, "layout/enter.html", {"given": given, "where": where})

    async def enter(self, request: Request) -> Response:
        """Sign in by a one-time link."""
        return await self._sign_in(request, self._by_link)

    async def enter_by_telegram(self, request: Request) -> Response:
        """Sign in by Telegram's signed fields."""
        return await self._sign_in(request, self._by_telegram)

    async def _sign_in(self, request: Request, who: Proves) -> Response:
        client = request.client.host if request.client else ""
        if not self.pace.strangers.admits(client, self.parts.now()):
            return refuse(self.parts, request, 429)
        if not is_own_form(self.parts, request):
            return refuse(self.parts, request, 403, "foreign_form")
        form = await read_form(request, _FORM_BYTES)
        if form is None:
            return refuse(self.parts, request, 400)
        given = {name: value for name, value in form.items() if isinstance(value, str)}
        held = session_token(self.parts, request)
        work = partial(self._signed_in, who=who, given=given, held=held)
        token = await in_thread(self.parts, partial(transact, self.parts.engine, work))
        if token is None:
            return refuse(self.parts, request, 403, "link_is_worthless")
        response = RedirectResponse("/console/", 303)
        give_session(self.parts, response, token)
        return response

    def _signed_in(
        self, connection: Connection, who: Proves, given: dict[str, str], held: str
    ) -> str | None:
        """The token of a new session for whoever the fields prove, if they have a role."""
        now = self.parts.now()
        found = who(connection, given)
        if found is None or role_of(connection, found[0], self.parts.settings.admins) is None:
            return None
        if before := find_session(connection, held, now):
            end_session(connection, before)
        user, name = found
        record(connection, AuditEntry(now, user, name, "signed_in"))
        return open_session(connection, user, name, now)

    def _by_link(self, connection: Connection, given: dict[str, str]) -> tuple[int, str] | None:
        return use_link(connection, given.get("code", ""), self.parts.now())

    def _by_telegram(
        self, connection: Connection, given: dict[str, str]
    ) -> tuple[int, str] | None:
        now = self.parts.now()
        login = read_login(given, self.parts.token, now)
        if login is None:
            return None
        fresh = use_once(connection, login.proof, login.until, now)
        return (login.user, login.name) if fresh else None

    def _page(self, request: Request, template: str, shown: Mapping[str, object]) -> HTMLResponse:
        manner = manner_of(request, self.parts.settings.timezone, self.parts.now())
        return HTMLResponse(plain_page(manner, template, shown))
