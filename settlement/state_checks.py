"""When each state holds: one predicate per state, tested in order; the first match decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from settlement.model import Audit, Order, Platform
from settlement.money import ZERO
from settlement.platforms import room_of
from settlement.refunds import gone_after_payout
from settlement.room import Check, never
from settlement.shanghai import day_of
from settlement.situation import Situation
from settlement.states import Reason, State
from settlement.statuses import Progress

# Looking a member up in its enumeration is slow before Python 3.12.
NOT_PAID, PAID = Progress.NOT_PAID, Progress.PAID
PENDING, REJECTED = Audit.PENDING, Audit.REJECTED


def unknown_status(situation: Situation) -> bool:
    """The platform's code is not in our table, or the order does not exist yet."""
    created_at = situation.order.created_at
    not_yet = created_at is not None and situation.now < created_at
    return not_yet or situation.told.unlisted


def not_tracked(situation: Situation) -> bool:
    """Not through the creator's own link, a later link of another, or an account not bound."""
    return any(why_not_tracked(situation))


def why_not_tracked(situation: Situation) -> Iterator[str]:
    """Name what keeps the order from counting as the creator's."""
    order = situation.order
    if order.union_bound is False or State.NOT_TRACKED in situation.told.decided:
        yield Reason.NOT_BOUND
    if order.via_own_link is False:
        yield Reason.NOT_OWN_LINK
    if last_click_by_other(order):
        yield Reason.LAST_CLICK_OTHER


def last_click_by_other(order: Order) -> bool:
    """Another promoter's link was the last before the order (S1688-11, AMB-07)."""
    if not order.clicks or order.promoter is None or order.created_at is None:
        return False
    before = []
    for click in order.clicks:
        if click.at is None or click.promoter is None:
            return False
        if click.at <= order.created_at:
            before.append((click.at, click.promoter == order.promoter))
    # Of two clicks at the same instant, the creator's own stands.
    _, own = max(before, default=(None, True))
    return not own


def clawed_back(situation: Situation) -> bool:
    """Paid out, then taken back in full (全额追回)."""
    return (gone_after_payout(situation) and situation.gone) or clawed_in_full(situation)


def clawed_in_full(situation: Situation) -> bool:
    """Later balance changes took all that the line had brought."""
    taken = situation.reckoning.clawback
    ledger = situation.reckoning.ledger if taken else None
    return ledger is not None and ZERO < ledger.net + taken <= taken


def paid(situation: Situation) -> bool:
    """Paid out, or withdrawn; a full refund before that left nothing to pay."""
    return situation.first_payout_at is not None and not situation.gone


def invalid(situation: Situation) -> bool:
    """The platform or the facts say that it will never pay (失效)."""
    return situation.closed_at is not None


def frozen(situation: Situation) -> bool:
    """Punished or held by the platform (冻结), or its settlement failed."""
    return situation.raw is not None and situation.raw.punished is True


def reversed_(situation: Situation) -> bool:
    """Refunds left nothing (全额退款)."""
    return situation.gone


def refund_undecided(situation: Situation) -> bool:
    """Money went back, and how much commission goes with it is not certain."""
    return situation.refunds.has_question or situation.refunds.amount_unknown


def in_after_sale(situation: Situation) -> bool:
    """A return, exchange or dispute is open (售后中)."""
    return situation.refunds.is_open


def not_paid(situation: Situation) -> bool:
    """The buyer has not paid (未付款)."""
    if situation.received or _decided_otherwise(situation):
        return False
    order = situation.order
    ahead = order.paid_at is not None and situation.paid_at is None
    told = situation.told.progress is NOT_PAID
    return told or bool(order.payment_failed) or (ahead and situation.told.progress is None)


def wait_ship(situation: Situation) -> bool:
    """Paid, and known not to be shipped (待发货)."""
    return situation.unshipped and not situation.received and not _decided_otherwise(situation)


def wait_complete(situation: Situation) -> bool:
    """Paid, and not known to be received (待收货)."""
    if situation.received or _decided_otherwise(situation):
        return False
    shipped = situation.order.shipped is True or situation.order.shipped_at is not None
    return situation.paid_at is not None or situation.told.progress is PAID or shipped


def _decided_otherwise(situation: Situation) -> bool:
    """Tell whether the status itself decides a later state, whatever the dates say."""
    return situation.told.code is not None and situation.told.code.state is not None


def no_rate(situation: Situation) -> bool:
    """The rate is 0, or 0 for this buyer (无佣金比例)."""
    return situation.reckoning.rate == 0


def audit_rejected(situation: Situation) -> bool:
    """An audit refused the commission (审核未通过)."""
    order = situation.order
    return REJECTED in (order.order_audit, order.commission_audit)


def in_audit(situation: Situation) -> bool:
    """An audit is open (审核中)."""
    order = situation.order
    return PENDING in (order.order_audit, order.commission_audit)


def overdue(situation: Situation) -> bool:
    """Later than expected plus the grace, and still waiting for the platform (超期)."""
    if not situation.received or (situation.reached and not _platform_owes(situation)):
        return False
    expected = None if situation.counts_as_settled else situation.order.platform_settles_on
    expected = expected or situation.room.checks.available_on(situation)
    if expected is not None:
        grace = situation.number("general.overdue_grace_days")
        return grace is not None and situation.today > expected + timedelta(days=grace)
    limit = situation.number("general.overdue_after_days")
    if limit is None or situation.received_at is None:
        return False
    return situation.today > day_of(situation.received_at) + timedelta(days=limit)


def _platform_owes(situation: Situation) -> bool:
    return situation.pays_by_itself and not situation.lacks_account


def wait_cycle(situation: Situation) -> bool:
    """Received, not settled (等待结算)."""
    return situation.received and not situation.counts_as_settled


def wait_payout(situation: Situation) -> bool:
    """Settled, payout to come (等待发放)."""
    waits = not situation.reached or _platform_owes(situation)
    return situation.received and waits


def no_account(situation: Situation) -> bool:
    """The payout day has come, and no account is bound (未绑定收款账户)."""
    return situation.received and situation.lacks_account


def withdrawable(situation: Situation) -> bool:
    """The payout day has come; the creator can withdraw (可提现)."""
    return situation.received


def nothing_known(situation: Situation) -> bool:
    """Nothing but the platform and numbers is known, or facts that tell no state."""
    order = situation.order
    raw = situation.raw
    told = raw is not None and any(getattr(raw, name) for name in type(raw).__slots__)
    return not told and all(getattr(order, name) is None for name in TELLING)


DESCRIBING = frozenset(
    {
        "platform",
        "order_number",
        "sub_order_number",
        "line_id",
        "parent_number",
        "raw_status",
        "shop",
        "item",
        "item_id",
        "quantity",
        "data_as_of",
        "promoter",
        "payout_accounts",
        "backend",
    }
)
"""Facts that name a line and say nothing of its state."""
TELLING = tuple(name for name in Order.__slots__ if name not in DESCRIBING)


CHECKS: dict[State, Check] = {
    State.UNKNOWN_STATUS: unknown_status,
    State.NOT_TRACKED: not_tracked,
    State.CLAWED_BACK: clawed_back,
    State.PAID: paid,
    State.INVALID: invalid,
    State.FROZEN: frozen,
    State.REVERSED: reversed_,
    State.REFUND_UNDECIDED: refund_undecided,
    State.IN_AFTER_SALE: in_after_sale,
    State.NOT_PAID: not_paid,
    State.WAIT_SHIP: wait_ship,
    State.WAIT_COMPLETE: wait_complete,
    State.NO_RATE: no_rate,
    State.AUDIT_REJECTED: audit_rejected,
    State.IN_AUDIT: in_audit,
    State.OVERDUE: overdue,
    State.WAIT_CYCLE: wait_cycle,
    State.WAIT_PAYOUT: wait_payout,
    State.NO_ACCOUNT: no_account,
    State.WITHDRAWABLE: withdrawable,
}


def state_of(situation: Situation) -> State:
    """Return the first state that the status decides or that holds by the facts."""
    decided = situation.told.decided
    for state, holds in checks_of(situation.room.platform):
        if state in decided or holds(situation):
            return state
    return State.UNKNOWN_STATUS if nothing_known(situation) else State.WAIT_COMPLETE


@cache
def checks_of(platform: Platform) -> tuple[tuple[State, Check], ...]:
    """Return the checks of a platform in the order of the states, its own after the general."""
    own = room_of(platform).checks.states
    checks = {state: [CHECKS.get(state, never)] for state in State}
    for state in own:
        checks[state].append(own[state])
    return tuple((state, holds) for state, several in checks.items() for holds in several)
