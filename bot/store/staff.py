"""The operator's people in the console (运营人员) and what each of them may do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection, select

from bot.store.inserting import insert
from bot.store.locks import hold
from bot.store.tables import console_staff

__all__ = ["LOCAL", "LastOwnerError", "Member", "StaffRole", "give_role", "members", "role_of"]

LOCAL = 0
"""Whoever has a shell on the machine: they own the database anyway. No Telegram user has 0."""


class StaffRole(Enum):
    """What somebody may do in the console (角色); each may do what those before it may."""

    VIEWER = "viewer"
    AGENT = "agent"
    EDITOR = "editor"
    OWNER = "owner"

    def covers(self, other: "StaffRole") -> bool:
        """Whether this role may do what `other` may."""
        order = list(StaffRole)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Member:
    """One of the operator's people; `fixed` are the owners that the settings name."""

    user: int
    name: str
    role: StaffRole
    fixed: bool = False


class LastOwnerError(Exception):
    """Without this person nobody could give roles any more."""


def role_of(connection: Connection, user: int, admins: Collection[int]) -> StaffRole | None:
    """What a person may do in the console; None is nothing at all."""
    if user == LOCAL or user in admins:
        return StaffRole.OWNER
    given = select(console_staff.c.role).where(console_staff.c.user == user)
    role: str | None = connection.execute(given).scalar()
    return StaffRole(role) if role else None


def members(connection: Connection, admins: Collection[int]) -> list[Member]:
    """Everybody with a role, owners first."""
    given = connection.execute(
        select(console_staff.c.user, console_staff.c.name, console_staff.c.role)
    )
    kept = {user: Member(user, name, StaffRole(role)) for user, name, role in given}
    for admin in admins:
        name = kept[admin].name if admin in kept else ""
        kept[admin] = Member(admin, name, StaffRole.OWNER, fixed=True)
    order = list(StaffRole)
    return sorted(kept.values(), key=lambda each: (-order.index(each.role), each.user))


def give_role(
    connection: Connection,
    member: Member,
    role: StaffRole | None,
    admins: Collection[int],
    by: int,
    now: datetime,
) -> None:
    """Give a person a role from now on, or None to take theirs.

    Raises LastOwnerError if nobody would be left to give roles.
    """
    hold(connection, ["console staff"])
    if role is not StaffRole.OWNER and not _owner_beside(member.user, connection, admins):
        raise LastOwnerError
    if role is None:
        connection.execute(console_staff.delete().where(console_staff.c.user == member.user))
        return
    row = {"name": member.name, "role": role.value, "changed_by": by, "changed_at": now}
    connection.execute(
        insert(connection, console_staff)
        .values(user=member.user, **row)
        .on_conflict_do_update(index_elements=["user"], set_=row)
    )


def _owner_beside(user: int, connection: Connection, admins: Collection[int]) -> bool:
    everybody: Sequence[Member] = members(connection, admins)
    owners = [each.user for each in everybody if each.role is StaffRole.OWNER]
    # Whom the settings name stays an owner whatever is given.
    return user in admins or not owners or any(owner != user for owner in owners)
