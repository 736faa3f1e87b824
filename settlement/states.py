"""The words of a diagnosis: the states of a commission and the reasons beside them."""

from enum import StrEnum


class State(StrEnum):
    """State of a commission (佣金状态), in the order of their tests: the first match wins."""

    UNKNOWN_STATUS = "unknown_status"
    SPLIT = "split"
    NOT_TRACKED = "not_tracked"
    CLAWED_BACK = "clawed_back"
    PAID = "paid"
    INVALID = "invalid"
    FROZEN = "frozen"
    REVERSED = "reversed"
    REFUND_UNDECIDED = "refund_undecided"
    IN_AFTER_SALE = "in_after_sale"
    NOT_PAID = "not_paid"
    WAIT_SHIP = "wait_ship"
    WAIT_COMPLETE = "wait_complete"
    NO_RATE = "no_rate"
    AUDIT_REJECTED = "audit_rejected"
    IN_AUDIT = "in_audit"
    NOT_YET_VISIBLE = "not_yet_visible"
    OVERDUE = "overdue"
    WAIT_CYCLE = "wait_cycle"
    WAIT_PAYOUT = "wait_payout"
    NO_ACCOUNT = "no_account"
    WITHDRAWABLE = "withdrawable"


NEVER_PAYS = frozenset(
    {
        State.NOT_TRACKED,
        State.INVALID,
        State.CLAWED_BACK,
        State.REVERSED,
        State.NO_RATE,
        State.AUDIT_REJECTED,
    }
)
"""States in which the creator gets nothing, now or later."""

NOTHING_KNOWN = frozenset({State.UNKNOWN_STATUS, State.SPLIT})
"""States in which no amount and no date can be said."""


class Reason(StrEnum):
    """A reason beside the state (原因); a platform's own are called ``<platform>_<code>``."""

    BASE_REDUCED = "base_reduced"
    DISCOUNT_DELAY = "discount_delay"
    PARTIAL_REFUND = "partial_refund"
    PARTIAL_CLAWBACK = "partial_clawback"
    AFTER_SALE_OPEN = "after_sale_open"
    BALANCE_TAKEN_BACK = "balance_taken_back"
    ALL_RETURNED = "all_returned"
    REFUND_VERDICT_REVERSED = "refund_verdict_reversed"
    REFUND_VERDICT_REVERSED_LIKELY = "refund_verdict_reversed_likely"
    REFUND_VERDICT_DEPENDS = "refund_verdict_depends"
    REFUND_VERDICT_KEPT = "refund_verdict_kept"
    REFUND_VERDICT_MINOR = "refund_verdict_minor"
    REFUND_AMOUNT_UNKNOWN = "refund_amount_unknown"
    REFUND_TIMING_UNKNOWN = "refund_timing_unknown"
    PROTECTION_WITHIN = "protection_within"
    PROTECTION_PAST = "protection_past"
    DEPENDS_ON_AGREEMENT = "depends_on_agreement"
    SYSTEM_DELAY = "system_delay"
    THIRD_PARTY_SLOW = "third_party_slow"
    BOUNDARY_60 = "boundary_60"
    PROVISIONAL_CALENDAR = "provisional_calendar"
    MERCHANT_LATE = "merchant_late"
    CLOSES_150_DAYS = "closes_150_days"
    LAST_CLICK_OTHER = "last_click_other"
    NOT_BOUND = "not_bound"
    NOT_OWN_LINK = "not_own_link"
    OLD_BUYER_NO_RATE = "old_buyer_no_rate"
    BELOW_MINIMUM = "below_minimum"
    FEE_TAKEN = "fee_taken"
    TAX_WITHHELD = "tax_withheld"
    PROMOTION_CANCELLED = "promotion_cancelled"
    OLD_SOURCE = "old_source"
