"""What a page of the console is made of (页面): where it lies, who may do what on it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

from bot.console.visit import Visit
from bot.store.staff import StaffRole

__all__ = ["FORM_BYTES", "Endpoint", "Handler", "Page", "get", "post"]

FORM_BYTES = 256 * 1024
"""What a form may have; longer bodies are refused before they are read to their end."""

Handler = Callable[[Visit], Response] | Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One request that a page answers; `path` is below the page's own."""

    method: Literal["GET", "POST"]
    path: str
    handler: Handler
    role: StaffRole
    largest_body: int = FORM_BYTES


def get(path: str, handler: Handler, role: StaffRole = StaffRole.VIEWER) -> Endpoint:
    """An endpoint that shows something."""
    return Endpoint("GET", path, handler, role)


def post(
    path: str, handler: Handler, role: StaffRole, *, largest_body: int = FORM_BYTES
) -> Endpoint:
    """An endpoint that a form is sent to; its token was checked before the handler runs."""
    return Endpoint("POST", path, handler, role, largest_body)


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what belongs to it.

    `name` is that of its module, template, words and (but for the first) of its path. `role` is
    who sees it in the menu. With `listed` false it is reached from other pages alone; `section`
    is the page of the menu that it then stands under, if any.
    """

    name: str
    icon: str
    endpoints: tuple[Endpoint, ...]
    role: StaffRole = StaffRole.VIEWER
    listed: bool = True
    section: str = ""

    @property
    def path(self) -> str:
        """Where it lies, below the console's own address."""
        return "" if self.name == "overview" else f"/{self.name}"
