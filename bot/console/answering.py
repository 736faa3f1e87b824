"""From a request to a page's handler (应答): who is it, may they, and is the form ours."""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar, cast

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.cookies import csrf_matches, csrf_token, session_token
from bot.console.failing import BodyTooLongError, refuse, to_sign_in
from bot.console.guarding import limited
from bot.console.limits import Limit
from bot.console.manner import manner_of
from bot.console.page import Endpoint, Page
from bot.console.parts import Parts
from bot.console.visit import Visit
from bot.store.signing_in import SEEN_EVERY, Session, find_session, note_seen
from bot.store.staff import StaffRole, role_of
from bot.store.transactions import reads, transact

__all__ = ["Answering", "Pace", "in_thread", "is_own_form", "read_form"]

MOST_FIELDS, MOST_FILES = 2000, 100

Result = TypeVar("Result")


class Pace:
    """How fast one session, and one address that is not signed in, may ask."""

    def __init__(self) -> None:
        self.sessions = Limit(burst=120, a_second=4)
        self.strangers = Limit(burst=30, a_second=1)


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers one endpoint of a page."""

    parts: Parts
    pace: Pace
    page: Page
    endpoint: Endpoint

    async def __call__(self, request: Request) -> Response:
        """Let through who may, and only their own forms."""
        now = self.parts.now()
        token = session_token(self.parts, request)
        found = await in_thread(self.parts, partial(_who, self.parts, token, now))
        if found is None:
            return to_sign_in(self.parts, request)
        session, role = found
        if not self.pace.sessions.admits(session.hash, now):
            return refuse(self.parts, request, 429)
        if not role.covers(self.endpoint.role):
            return refuse(self.parts, request, 403)
        if self.endpoint.method == "GET":
            return await self._handle(self._visit(request, session, role, now, FormData()))
        return await self._take_form(request, session, role, now)

    async def _take_form(
        self, request: Request, session: Session, role: StaffRole, now: datetime
    ) -> Response:
        if not is_own_form(self.parts, request):
            return refuse(self.parts, request, 403, "foreign_form")
        form = await read_form(request, self.endpoint.largest_body)
        if form is None:
            return refuse(self.parts, request, 400)
        try:
            given = request.headers.get("x-csrf-token") or form.get("csrf")
            token = session_token(self.parts, request)
            if not isinstance(given, str) or not csrf_matches(token, given):
                return refuse(self.parts, request, 403, "foreign_form")
            return await self._handle(self._visit(request, session, role, now, form))
        finally:
            await form.close()

    async def _handle(self, visit: Visit) -> Response:
        handler = self.endpoint.handler
        if inspect.iscoroutinefunction(handler):
            return cast("Response", await handler(visit))
        answer = cast("Callable[[Visit], Response]", handler)
        return await in_thread(self.parts, partial(answer, visit))

    def _visit(
        self, request: Request, session: Session, role: StaffRole, now: datetime, form: FormData
    ) -> Visit:
        return Visit(
            parts=self.parts,
            page=self.page.name,
            session=session,
            role=role,
            request=request,
            form=form,
            now=now,
            manner=manner_of(request, self.parts.settings.timezone, now),
            csrf=csrf_token(session_token(self.parts, request)),
        )


async def in_thread(parts: Parts, work: Callable[[], Result]) -> Result:
    """Do what asks the database in one of the console's own threads."""
    return await asyncio.get_running_loop().run_in_executor(parts.threads, work)


def is_own_form(parts: Parts, request: Request) -> bool:
    """Whether a browser says that a form was sent from our own site."""
    origin = request.headers.get("origin")
    if origin is not None:
        return origin.lower() == parts.origin
    return request.headers.get("sec-fetch-site") == "same-origin"


async def read_form(request: Request, largest: int) -> FormData | None:
    """The form in a body of at most `largest` bytes; None if it cannot be read.

    Files go to the disk as they come. Raises BodyTooLongError.
    """
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > largest:
        raise BodyTooLongError
    read = Request(request.scope, limited(request.receive, largest))
    try:
        return await read.form(
            max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=min(largest, 1 << 20)
        )
    except (MultiPartException, HTTPException, UnicodeDecodeError):
        return None


def _who(parts: Parts, token: str, now: datetime) -> tuple[Session, StaffRole] | None:
    """Whose session this is and what they may do now; that it is in use is kept."""
    if not token:
        return None
    with reads(parts.engine) as connection:
        session = find_session(connection, token, now)
        role = role_of(connection, session.user, parts.settings.admins) if session else None
    if session is None or role is None:
        return None
    if now - session.seen_at > SEEN_EVERY:
        transact(parts.engine, partial(note_seen, session=session, now=now))
    return session, role
