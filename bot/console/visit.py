"""One request of somebody who is signed in (访问), as the handlers of pages take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from markupsafe import Markup
from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.failing import refuse
from bot.console.given import row_number
from bot.console.manner import Manner
from bot.console.parts import Parts
from bot.console.rendering import render
from bot.console.words import is_word
from bot.desk.rendering import Voice
from bot.store.audit import AuditEntry, record
from bot.store.signing_in import Session
from bot.store.staff import StaffRole
from bot.store.transactions import reads, transact

__all__ = ["CONSOLE", "Visit"]

CONSOLE = "/console"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, who makes it, and what a page needs to answer it."""

    parts: Parts
    page: str
    session: Session
    role: StaffRole
    request: Request
    form: FormData
    now: datetime
    manner: Manner
    csrf: str

    @property
    def user(self) -> int:
        """The Telegram id of the person; `LOCAL` for whoever signed in from the machine."""
        return self.session.user

    @property
    def language(self) -> str:
        """The language of the pages: zh or en."""
        return self.manner.language

    @property
    def voice(self) -> Voice:
        """The bot's own words, in the language of the page and the person's zone."""
        return Voice(self.language, self.now, self.manner.zone)

    @property
    def here(self) -> str:
        """The address of this page; a form's own shows nothing, so its page stands for it."""
        if self.request.method == "GET":
            return self.request.url.path
        return _path_of(self.page)

    @property
    def wants_part(self) -> bool:
        """Whether htmx asks, and only wants a part of the page."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def is_agent(self) -> bool:
        """Whether the person may look at orders and act for the operator."""
        return self.role.covers(StaffRole.AGENT)

    @property
    def is_editor(self) -> bool:
        """Whether the person may change what is answered, imported and sent."""
        return self.role.covers(StaffRole.EDITOR)

    # What was sent.

    def field(self, name: str) -> str:
        """A field of the form without blanks around it; empty where there is none."""
        value = self.form.get(name)
        return _clean(value) if isinstance(value, str) else ""

    def fields(self, name: str) -> list[str]:
        """All fields of that name, such as the boxes that were ticked."""
        return [_clean(each) for each in self.form.getlist(name) if isinstance(each, str)]

    def files(self, name: str) -> list[UploadFile]:
        """The files of that name; the larger ones are on the disk, and gone with the request."""
        found = [each for each in self.form.getlist(name) if isinstance(each, UploadFile)]
        return [each for each in found if each.filename]

    def asked(self, name: str) -> str:
        """What the address says after the question mark; empty where it says nothing."""
        return _clean(self.request.query_params.get(name, ""))

    def asked_number(self, name: str) -> int | None:
        """The same as a number of a row; None if it is none."""
        return row_number(self.asked(name))

    def number(self, name: str) -> int | None:
        """A field of the form as a number of a row; None if it is none."""
        return row_number(self.field(name))

    def path(self, name: str) -> Any:
        """A parameter of the path."""
        return self.request.path_params[name]

    # The database.

    def reads(self) -> Connection:
        """A connection that only reads, all as of one moment, and waits for no writer."""
        return reads(self.parts.engine)

    def writes(self, work: Callable[[Connection], Result]) -> Result:
        """Do some work in a short transaction of its own; it may be done more than once."""
        return transact(self.parts.engine, work)

    def record(self, connection: Connection, kind: str, about: str = "", **detail: object) -> None:
        """Write into the audit log what is done, in the transaction that does it."""
        session = self.session
        entry = AuditEntry(self.now, session.user, session.name, kind, about, detail)
        record(connection, entry)

    def looked(self, kind: str, about: str = "", **detail: object) -> None:
        """Write into the audit log what is about to be shown; to be called before it is."""
        self.writes(lambda connection: self.record(connection, kind, about, **detail))

    # The answer.

    def say(self, key: str, **variables: object) -> Markup:
        """Words of the page, or of all pages, in the person's language."""
        return self.manner.say(self.page, key, variables)

    def called(self, kind: str, code: str) -> str:
        """What a code is called by the words `<kind>_<code>`; without them it goes by itself."""
        key = f"{kind}_{code}"
        return self.say(key) if is_word(self.page, key) else code

    def show(self, template: str, status: int = 200, **variables: object) -> Response:
        """A whole page, whose template extends "layout/layout.html", or a part for htmx."""
        return HTMLResponse(render(self, template, variables), status)

    def not_found(self) -> Response:
        """That what the address names is not there."""
        return refuse(self.parts, self.request, 404)

    def back(self, below: str = "", said: str = "", page: str | None = None) -> Response:
        """Go back to this page (or another) after a form, there saying the words `said`."""
        path = _path_of(self.page if page is None else page) + below
        mark = "&" if "?" in path else "?"
        return RedirectResponse(f"{path}{mark}said={said}" if said else path, 303)

    def download(self, body: bytes, name: str, kind: str) -> Response:
        """A file to be kept, never shown by the browser; `name` is ASCII, `kind` its type."""
        headers: Mapping[str, str] = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(body, 200, headers, kind)


def _path_of(page: str) -> str:
    return CONSOLE + ("/" if page == "overview" else f"/{page}")


def _clean(text: str) -> str:
    # PostgreSQL keeps no NUL, and nobody types one.
    return text.replace("\x00", "").strip()
