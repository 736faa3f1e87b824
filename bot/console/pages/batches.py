"""All imports (导入记录), by file, by interface or by command: what each changed, taken back."""

from itertools import islice

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.order_view import fact_name, shown_fact
from bot.console.page import Page, get, post
from bot.console.visit import Visit
from bot.store.import_jobs import importers_of
from bot.store.import_records import ImportRecord, changed_lines, import_records
from bot.store.staff import StaffRole
from bot.store.withdrawing import NotWithdrawn, Withdrawn, withdraw_import

__all__ = ["PAGE"]

ROWS = 50
LINES = 50


def show(visit: Visit) -> Response:
    """The latest imports, and who made them as far as that is known."""
    with visit.reads() as connection:
        found = import_records(connection, count=ROWS + 1, before=visit.asked_number("before"))
        importers = importers_of(connection, found)
    return visit.show(
        "pages/batches.html",
        records=found[:ROWS],
        importers=importers,
        older=found[ROWS - 1].id if len(found) > ROWS else None,
    )


def one(visit: Visit, outcome: NotWithdrawn | None = None, status: int = 200) -> Response:
    """One import and the first lines it changed: these are orders, so the look is recorded."""
    number = visit.path("batch")
    with visit.reads() as connection:
        record = _record(connection, number)
        importers = importers_of(connection, [record] if record else [])
        lines = list(islice(changed_lines(connection, number), LINES)) if record else []
    if lines:
        visit.looked("import_read", f"import_batch:{number}")
    return visit.show(
        "pages/batch.html",
        status if record else 404,
        record=record,
        importer=importers.get(number, None),
        lines=lines,
        outcome=outcome,
        fact_name=fact_name,
        shown_fact=shown_fact,
    )


def undo(visit: Visit) -> Response:
    """Take an import back; or say why it stays."""
    number = visit.path("batch")

    def recorded(connection: Connection) -> None:
        visit.record(connection, "import_undone", f"import_batch:{number}")

    outcome = withdraw_import(visit.parts.engine, number, visit.now, recorded)
    match outcome:
        case NotWithdrawn():
            return one(visit, outcome, 409)
        case Withdrawn(again=()):
            return visit.back(f"/{number}", "done_undone")
    return visit.back(f"/{number}", "done_undone_but")


def _record(connection: Connection, number: int) -> ImportRecord | None:
    return next(iter(import_records(connection, only=number)), None)


PAGE = Page(
    "batches",
    "import",
    (
        get("", show, StaffRole.AGENT),
        get("/{batch:int}", one, StaffRole.AGENT),
        post("/{batch:int}/undo", undo, StaffRole.EDITOR),
    ),
    role=StaffRole.AGENT,
    listed=False,
    section="imports",
)
