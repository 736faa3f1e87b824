"""How things stand (概览): what was asked and sent, what waits, in numbers and drawings."""

from starlette.responses import Response

from bot.console.page import Page, get
from bot.console.visit import Visit

__all__ = ["PAGE"]


def show(visit: Visit) -> Response:
    """The figures of the last days."""
    return visit.show("pages/overview.html")


PAGE = Page("overview", "overview", (get("", show),))
