"""Who may hear of what (可告知): people who can be reached, and what they still want."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from bot.desk.facts import Scope
from bot.planner.work import Work
from bot.reminders import Planned, PushKind, Recipient
from bot.store.clocks import reachable_among
from bot.store.watching import PAYOUT_SCOPES, Watcher

__all__ = ["may_hear", "recipients_of", "scopes_of"]


def may_hear(planned: Planned, scopes: Collection[Scope], *, named: bool) -> bool:
    """Whether a person still wants what was planned; a line that is not theirs has no scopes.

    `named` says that they were told a payout day: then its change is theirs to know.
    """
    if planned.kind in (PushKind.DIGEST, PushKind.GIVEN_UP, PushKind.ANSWERED):
        return True
    if planned.kind is PushKind.FOUND:
        return Scope.AWAITED in scopes
    if planned.kind is not PushKind.UPDATE:
        return any(scope in scopes for scope in PAYOUT_SCOPES)
    return bool({Scope.ORDER, Scope.EVERYTHING, Scope.CHANGES} & set(scopes)) or (
        named and Scope.PLATFORM in scopes
    )


def scopes_of(watchers: Collection[Watcher]) -> dict[tuple[int, int], set[Scope]]:
    """By which subscriptions each person watches each line."""
    found: dict[tuple[int, int], set[Scope]] = {}
    for each in watchers:
        found.setdefault((each.user, each.line), set()).add(each.scope)
    return found


def recipients_of(
    work: Work, connection: Connection, users: Sequence[int]
) -> dict[int, Recipient]:
    """Those of these people who can be reached."""
    return {
        each.user: Recipient(
            *(each.user, each.chat, each.language),
            zone=work.zone_of(each.clock.zone),
            quiet=work.quiet_of(each.clock),
            lead=each.lead,
        )
        for each in reachable_among(connection, users)
    }
