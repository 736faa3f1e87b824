"""Who may use the console (团队): roles given, changed and taken, in force at once."""

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.given import member_of
from bot.console.page import Page, get, post
from bot.console.visit import Visit
from bot.store.signing_in import end_sessions_of
from bot.store.staff import LastOwnerError, Member, StaffRole, give_role, members

__all__ = ["PAGE"]

LONGEST_NAME = 60
LARGEST_USER = (1 << 52) - 1
"""Telegram's ids have at most 52 bits."""


def show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """Everybody with a role, and the form to give one."""
    with visit.reads() as connection:
        everybody = members(connection, visit.parts.settings.admins)
    return visit.show(
        "pages/team.html", status, members=everybody, roles=list(StaffRole), problem=problem
    )


def give(visit: Visit) -> Response:
    """Give a person a role, or another one than theirs."""
    user = visit.number("user")
    role = member_of(StaffRole, visit.field("role"))
    if user is None or not 0 < user <= LARGEST_USER or role is None:
        return show(visit, "no_such_user", 422)
    return _changed(visit, Member(user, visit.field("name")[:LONGEST_NAME], role), role)


def take(visit: Visit) -> Response:
    """Take a person's role, and sign them out."""
    user = visit.number("user")
    if user is None:
        return show(visit, "no_such_user", 422)
    return _changed(visit, Member(user, "", StaffRole.VIEWER), None)


def _changed(visit: Visit, member: Member, role: StaffRole | None) -> Response:
    admins = visit.parts.settings.admins
    if member.user in admins:
        return show(visit, "fixed_by_settings", 422)

    def change(connection: Connection) -> None:
        give_role(connection, member, role, admins, visit.user, visit.now)
        if role is None:
            end_sessions_of(connection, member.user)
        given = role.value if role else None
        visit.record(connection, "role_changed", f"person:{member.user}", role=given)

    try:
        visit.writes(change)
    except LastOwnerError:
        return show(visit, "last_owner", 422)
    return visit.back(said="done_role")


PAGE = Page(
    "team",
    "team",
    (
        get("", show, StaffRole.OWNER),
        post("/give", give, StaffRole.OWNER),
        post("/take", take, StaffRole.OWNER),
    ),
    role=StaffRole.OWNER,
)
