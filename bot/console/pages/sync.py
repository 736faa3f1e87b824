"""How far each platform's interface is known (平台同步): lag, last error, what waits for whom."""

from starlette.responses import Response

from bot.console.page import Page, get
from bot.console.visit import Visit
from bot.store.staff import StaffRole
from bot.store.sync_cursors import all_cursors
from bot.store.unread_rows import unread_reasons
from bot.store.waiting_statements import waiting_promoters
from bot.sync.sources import missing_keys
from bot.sync.standing import standings

__all__ = ["PAGE"]

PROMOTERS = 20


def show(visit: Visit) -> Response:
    """Where each source stands; whom nobody has registered; rows that could not be read."""
    settings = visit.parts.settings
    with visit.reads() as connection:
        cursors = all_cursors(connection)
        waiting = waiting_promoters(connection)
        unread = unread_reasons(connection)
    return visit.show(
        "pages/sync.html",
        stands=standings(settings, cursors, visit.now),
        waiting=waiting[:PROMOTERS],
        more=max(len(waiting) - PROMOTERS, 0),
        unread=unread,
        missing=list(missing_keys(settings)),
    )


PAGE = Page(
    "sync",
    "clock",
    (get("", show, StaffRole.AGENT),),
    role=StaffRole.AGENT,
    listed=False,
    section="imports",
)
