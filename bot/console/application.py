"""The console as one ASGI application (运营页面的应用), and its routes."""

from collections.abc import Sequence

from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from bot.console.answering import Answering, Pace
from bot.console.asset_files import serve_asset
from bot.console.failing import failing_page, refuse
from bot.console.guarding import guarded
from bot.console.menu import PAGES
from bot.console.page import Page
from bot.console.parts import Parts
from bot.console.sign_in import SignIn

__all__ = ["console_routes"]


class _RowNumber(IntegerConvertor):
    """What a database can hold; a longer number is in no table, so there is no such page."""

    regex = "[0-9]{1,18}"


register_url_convertor("int", _RowNumber())


def console_routes(parts: Parts, pages: Sequence[Page] = PAGES) -> list[BaseRoute]:
    """Everything below /console, to be served beside the program's other routes."""
    pace = Pace()
    routes: list[BaseRoute] = [
        Route("/assets/{name}", serve_asset, methods=["GET"]),
        *SignIn(parts, pace).routes(),
        *(route for page in pages for route in _routes_of(page, parts, pace)),
    ]

    async def no_such_page(scope: Scope, receive: Receive, send: Send) -> None:
        await refuse(parts, Request(scope), 404)(scope, receive, send)

    inside = Router(routes, redirect_slashes=False, default=no_such_page)
    guard = Middleware(guarded, failing_page(parts), is_secure=lambda: parts.is_secure)
    return [Route("/console", _to_overview), Mount("/console", inside, middleware=[guard])]


def _routes_of(page: Page, parts: Parts, pace: Pace) -> list[Route]:
    return [
        Route(
            (page.path + each.path) or "/",
            Answering(parts, pace, page, each).__call__,
            methods=[each.method],
            name=f"{page.name} {each.method} {each.path}",
        )
        for each in page.endpoints
    ]


async def _to_overview(_: Request) -> Response:
    return RedirectResponse("/console/", 303)
