"""Two creators made one (合并达人): what would move is shown, then it moves by and by."""

import logging

from sqlalchemy import Connection, Engine
from starlette.responses import Response

from bot.console.creator_table import table_of
from bot.console.visit import Visit
from bot.store.creator_list import creator_details
from bot.store.creators import creator_named
from bot.store.merging import WhyNotMerged, begin_merge, finish_merges, preview_merge

__all__ = ["merge", "preview"]

logger = logging.getLogger(__name__)


def preview(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """What would move if this creator became part of another."""
    source: int = visit.path("creator")
    into = visit.field("into") or visit.asked("into")
    with visit.reads() as connection:
        found = creator_details(connection, source, visit.now)
        target = creator_named(connection, into) if into else None
        moved = preview_merge(connection, source, target) if found and target else None
    if found is None:
        return visit.not_found()
    table = table_of(visit.parts.settings.creators)
    return visit.show(
        "pages/creator_merge.html",
        status,
        found=found,
        into=into,
        target=target,
        moved=moved,
        problem=problem or ("named_by_table" if table.rules(found.name) else ""),
    )


def merge(visit: Visit) -> Response:
    """Make this creator part of another: people and names at once, the lines by and by."""
    source, target = visit.path("creator"), visit.number("target")
    with visit.reads() as connection:
        found = creator_details(connection, source, visit.now)
        moved = preview_merge(connection, source, target) if target is not None else None
    if found is None or target is None or moved is None or moved.why_not:
        return preview(visit, "contradicted", 409)
    if table_of(visit.parts.settings.creators).rules(found.name):
        return preview(visit, "named_by_table", 409)

    def work(connection: Connection) -> WhyNotMerged | None:
        why_not = begin_merge(connection, source, target, visit.now)
        if why_not is None:
            visit.record(connection, "creators_merged", f"creator:{target}", gone=source)
        return why_not

    if visit.writes(work) is not None:
        return preview(visit, "contradicted", 409)
    visit.parts.afterwards.submit(_move_lines, visit.parts.engine)
    return visit.back(f"/{target}", "done_merged")


def _move_lines(engine: Engine) -> None:
    try:
        finish_merges(engine)
    except Exception as error:  # nobody waits for it who could be told
        kind = type(error).__name__
        logger.warning("a merge of creators stopped (%s); the next start goes on with it", kind)
