"""Payout accounts (收款账户): which one the commission goes to, and when that is decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from settlement.model import PayoutAccount
from settlement.shanghai import end_of

if TYPE_CHECKING:
    from settlement.situation import Situation

ALWAYS = datetime.min.replace(tzinfo=UTC)


def counting_account(situation: Situation) -> PayoutAccount | None:
    """Return the account bound when it counts; of several, the one bound last."""
    at = decisive_instant(situation)
    bound = [account for account in situation.order.payout_accounts or () if _bound(account, at)]
    return max(bound, key=lambda account: account.bound_at or ALWAYS, default=None)


def decisive_instant(situation: Situation) -> datetime:
    """Return when the bound account is looked at (S1688-20, S1688-22).

    The old back end takes the one bound at the end of the payout day, the new one the one bound
    at the withdrawal; before that, also on the day itself, it is the one bound now.
    """
    if situation.withdrawn_at is not None:
        return situation.withdrawn_at
    payout = situation.payout
    if situation.pays_by_itself and payout is not None and payout.day < situation.today:
        return end_of(payout.day)
    return situation.now


def _bound(account: PayoutAccount, at: datetime) -> bool:
    begun = account.bound_at is None or account.bound_at <= at
    return begun and (account.unbound_at is None or account.unbound_at > at)
