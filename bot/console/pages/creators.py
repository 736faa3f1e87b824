"""Creators (达人): who they are, what platforms call them, who sees their orders, merged."""

from collections.abc import Callable

import segno
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.creator_desk import decide_request, unbind_person
from bot.console.creator_merging import merge, preview
from bot.console.creator_table import CreatorTable, table_of
from bot.console.given import member_of
from bot.console.page import Page, get, post
from bot.console.visit import Visit
from bot.desk.binding import binding_link
from bot.desk.facts import RequestKey
from bot.store.binding_requests import waiting_requests
from bot.store.creator_changes import Change, add_name, remove_name, rename_creator
from bot.store.creator_list import creator_details, creators_listed
from bot.store.creators import CODE_LIFETIME, add_creator, creator_named, make_binding_code
from bot.store.staff import StaffRole
from settlement.creators_file import PromoterName, is_creator_name, kinds, promoter_name
from settlement.model import Platform

__all__ = ["PAGE"]

ROWS = 50
MOST_REQUESTS = 20


def show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """The creators by name, and who waits to be bound."""
    search = visit.asked("search")
    with visit.reads() as connection:
        found = creators_listed(
            connection, search=search, after=visit.asked("after"), count=ROWS + 1
        )
        requests = waiting_requests(connection, MOST_REQUESTS)
    return visit.show(
        "pages/creators.html",
        status,
        problem=problem,
        search=search,
        creators=found[:ROWS],
        older=found[ROWS - 1].name if len(found) > ROWS else "",
        requests=requests,
        table=table_of(visit.parts.settings.creators),
    )


def one(visit: Visit, problem: str = "", status: int = 200, code: str = "") -> Response:
    """One creator; with a `code` just made, its link and its picture, which are shown once."""
    with visit.reads() as connection:
        found = creator_details(connection, visit.path("creator"), visit.now)
    if found is None:
        return visit.not_found()
    table = table_of(visit.parts.settings.creators)
    link = _link(visit, code) if code else ""
    return visit.show(
        "pages/creator.html",
        status,
        found=found,
        problem=problem,
        table=table,
        changeable=visit.is_editor and not table.rules(found.name) and found.merging_into is None,
        link=link,
        code=code,
        picture=_picture(link) if link else "",
        minutes=int(CODE_LIFETIME.total_seconds() // 60),
        platforms=list(Platform),
        kinds=_kinds(),
    )


def add(visit: Visit) -> Response:
    """Register a creator; one of that name is shown instead."""
    name = visit.field("name")
    if not is_creator_name(name):
        return show(visit, "no_name", 422)

    def work(connection: Connection) -> tuple[int, str]:
        known = creator_named(connection, name)
        if known is not None:
            return known, "done_known"
        creator = add_creator(connection, name, visit.now)
        visit.record(connection, "creator_added", f"creator:{creator}")
        return creator, "done_added"

    creator, said = visit.writes(work)
    return visit.back(f"/{creator}", said)


def rename(visit: Visit) -> Response:
    """Call a creator something else."""
    name = visit.field("name")
    if not is_creator_name(name):
        return one(visit, "no_name", 422)
    if name in table_of(visit.parts.settings.creators).owners:
        return one(visit, "called_so_already", 409)

    def change(connection: Connection, creator: int) -> Change:
        return rename_creator(connection, creator, name)

    return _changed(visit, change, "creator_renamed", taken="called_so_already")


def call(visit: Visit) -> Response:
    """Say that a platform's name means this creator."""
    name = _promoter(visit)
    if name is None:
        return one(visit, "no_such_name", 422)
    moving = visit.field("moving") == "yes"
    if moving and name in table_of(visit.parts.settings.creators).names:
        return one(visit, "named_by_table", 409)
    return _changed(visit, lambda c, creator: add_name(c, creator, name, moving=moving), "called")


def call_no_more(visit: Visit) -> Response:
    """Let a platform's name mean nobody."""
    name = _promoter(visit)
    if name is None:
        return one(visit, "no_such_name", 422)
    return _changed(visit, lambda c, creator: remove_name(c, creator, name), "called_no_more")


def make_link(visit: Visit) -> Response:
    """Make a one-time link that binds whoever opens it; its code is kept nowhere."""
    creator: int = visit.path("creator")

    def work(connection: Connection) -> str:
        found = creator_details(connection, creator, visit.now)
        if found is None or found.merging_into is not None:
            return ""
        visit.record(connection, "binding_link_made", f"creator:{creator}")
        return make_binding_code(connection, creator, visit.now)

    code = visit.writes(work)
    return one(visit, code=code) if code else one(visit, "gone", 409)


def unbind(visit: Visit) -> Response:
    """End somebody's binding; they are told."""
    creator, user = visit.path("creator"), visit.number("user")
    if user is None or not unbind_person(visit, user, creator):
        return one(visit, "not_bound", 409)
    return visit.back(f"/{creator}", "done_unbound")


def decide(visit: Visit) -> Response:
    """Approve or refuse somebody's request to be bound."""
    key = RequestKey(visit.path("user"), visit.path("mark"))
    creator = None if visit.field("decision") == "refuse" else visit.number("decision")
    if creator is None and visit.field("decision") != "refuse":
        return show(visit, "no_decision", 422)
    if not decide_request(visit, key, creator):
        return show(visit, "decided_already", 409)
    return visit.back(said="done_refused" if creator is None else "done_approved")


def _changed(
    visit: Visit,
    change: Callable[[Connection, int], Change],
    kind: str,
    *,
    taken: str = "name_taken",
) -> Response:
    creator: int = visit.path("creator")
    table: CreatorTable = table_of(visit.parts.settings.creators)

    def work(connection: Connection) -> Change | None:
        found = creator_details(connection, creator, visit.now)
        if found is not None and table.rules(found.name):
            return None
        outcome = change(connection, creator)
        if outcome is Change.DONE:
            visit.record(connection, kind, f"creator:{creator}")
        return outcome

    match visit.writes(work):
        case None:
            return one(visit, "named_by_table", 409)
        case Change.TAKEN:
            return one(visit, taken, 409)
        case Change.GONE:
            return one(visit, "gone", 409)
    return visit.back(f"/{creator}", f"done_{kind}")


def _promoter(visit: Visit) -> PromoterName | None:
    platform = member_of(Platform, visit.field("platform"))
    if platform is None:
        return None
    return promoter_name(platform, visit.field("kind"), visit.field("value"))


def _kinds() -> list[str]:
    """Every kind of name there is on any platform."""
    return sorted({kind for platform in Platform for kind in kinds(platform).values()})


def _link(visit: Visit, code: str) -> str:
    bot = visit.parts.bot_name()
    return binding_link(bot, code) if bot else ""


def _picture(link: str) -> Markup:
    """The link as a QR code (二维码), black on white whatever the page's colours are."""
    drawn = segno.make(link, error="m", micro=False)
    svg = drawn.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass="code")
    return Markup(svg)  # noqa: S704 (drawn from an address of our own)


PAGE = Page(
    "creators",
    "creators",
    (
        get("", show, StaffRole.AGENT),
        post("/add", add, StaffRole.EDITOR),
        post("/requests/{user:int}/{mark}", decide, StaffRole.AGENT),
        get("/{creator:int}", one, StaffRole.AGENT),
        post("/{creator:int}/rename", rename, StaffRole.EDITOR),
        post("/{creator:int}/call", call, StaffRole.EDITOR),
        post("/{creator:int}/call-no-more", call_no_more, StaffRole.EDITOR),
        post("/{creator:int}/link", make_link, StaffRole.AGENT),
        post("/{creator:int}/unbind", unbind, StaffRole.AGENT),
        get("/{creator:int}/merge", preview, StaffRole.EDITOR),
        post("/{creator:int}/merge", merge, StaffRole.EDITOR),
    ),
    role=StaffRole.AGENT,
)
