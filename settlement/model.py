"""The facts of one order line (订单行), as a platform, a report or a creator states them.

``None`` means unknown and ``()`` means known to be none; no default turns into a fact.
Money is Decimal yuan (元), rates are Decimal shares (``0.05`` is 5 %), instants are aware,
and days are days in Shanghai.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Platform(StrEnum):
    """A platform that pays commission (平台); the value is its name in every contract."""

    ALIBABA_1688 = "1688"
    JD = "jd"
    TAOBAO = "taobao"
    DOUYIN = "douyin"
    PINDUODUO = "pinduoduo"
    KUAISHOU = "kuaishou"


class ShopType(StrEnum):
    """Who sells the goods: the platform itself (自营) or a third party (第三方, POP)."""

    SELF_OPERATED = "self_operated"
    THIRD_PARTY = "third_party"


class Channel(StrEnum):
    """How the goods were promoted: as 淘宝客 or as a contracted creator (达人)."""

    TAOBAOKE = "taobaoke"
    KOL = "kol"


class SettlementMode(StrEnum):
    """What the commission is counted on: sales (成交), clicks (点击) or impressions (展示)."""

    CPS = "cps"
    CPC = "cpc"
    CPM = "cpm"


class RefundKind(StrEnum):
    """What the buyer asked for: money back (退款), a return (退货) or an exchange (换货)."""

    REFUND = "refund"
    RETURN = "return"
    EXCHANGE = "exchange"


class RefundStage(StrEnum):
    """When the buyer asked: unshipped (未发货), shipped (已发货), after receipt (售后)."""

    UNSHIPPED = "unshipped"
    SHIPPED = "shipped"
    AFTER_SALE = "after_sale"


class Cause(StrEnum):
    """Why the buyer asked: the merchant's fault (商家责任) or a personal reason (个人原因)."""

    MERCHANT = "merchant"
    PERSONAL = "personal"
    UNKNOWN = "unknown"


class Audit(StrEnum):
    """Where an audit (审核) stands."""

    PENDING = "pending"
    PASSED = "passed"
    REJECTED = "rejected"


class Backend(StrEnum):
    """1688: the old back end pays by itself, in the new one creators withdraw (新旧后台)."""

    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class RawStatus:
    """What the platform itself says about the line (平台原始状态), kept as it stands."""

    code: str | None = None
    """JD validCode, Taobao tk_status, Douyin flow_point, 1688 orderState, PDD order_status…"""
    settle: str | None = None
    """1688 settleState."""
    rights: str | None = None
    """1688 rightsState, Taobao refund_status."""
    text: str | None = None
    reason: str | None = None
    """The platform's own words, such as Douyin's 超时未结算原因."""
    frozen_ratio: str | None = None
    """Douyin 冻结比例."""
    punished: bool | None = None
    refund_tag: str | None = None
    """Taobao 维权标签: ``1`` on a line with a dispute."""


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund, return or exchange (退款、退货、换货) of the line."""

    kind: RefundKind | None = None
    stage: RefundStage | None = None
    cause: Cause | None = None
    amount: Decimal | None = None
    requested_at: datetime | None = None
    succeeded_at: datetime | None = None
    closed_at: datetime | None = None
    """Ended without a refund (退款关闭)."""


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a promotion link (推广链接) before the order."""

    promoter: str | None = None
    at: datetime | None = None
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class PriorOrder:
    """An earlier order of the same buyer in the same shop (历史订单)."""

    succeeded_at: datetime | None = None
    refund_stage: RefundStage | None = None


@dataclass(frozen=True, slots=True)
class SettlementPhase:
    """One of several settlements of a line (分次结算)."""

    phase: int | None = None
    commission: Decimal | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """A later change of the commission, negative for a clawback (追回)."""

    on: date | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PayoutAccount:
    """An account commission can be paid to (收款账户), and when it was bound."""

    account: str | None = None
    bound_at: datetime | None = None
    unbound_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderKey:
    """What identifies an order line: the platform and the line's own number."""

    platform: Platform
    number: str


@dataclass(frozen=True, slots=True)
class Order:
    """One order line (订单行): an item of an order; several may share an order number."""

    platform: Platform
    order_number: str
    sub_order_number: str | None = None
    line_id: str | None = None
    parent_number: str | None = None
    raw_status: RawStatus | None = None
    shop: str | None = None
    item: str | None = None
    item_id: str | None = None
    quantity: int | None = None
    return_count: int | None = None
    """Pieces returned (退货数量)."""
    frozen_count: int | None = None
    """Pieces in after-sale (售后中数量)."""
    shop_type: ShopType | None = None
    channel: Channel | None = None
    settlement_mode: SettlementMode | None = None
    via_alliance: bool | None = None
    """Sold by a creator through Douyin's 精选联盟."""
    created_at: datetime | None = None
    paid_at: datetime | None = None
    payment_failed: bool | None = None
    shipped: bool | None = None
    shipped_at: datetime | None = None
    ship_by: datetime | None = None
    """When the merchant promised to ship (承诺发货时间)."""
    waybill_valid: bool | None = None
    received_at: datetime | None = None
    """Receipt confirmed by the buyer (确认收货), 1688's trade success (交易成功)."""
    closed_at: datetime | None = None
    settled_at: datetime | None = None
    paid_out_at: datetime | None = None
    withdrawn_at: datetime | None = None
    platform_settles_on: date | None = None
    """The day the platform itself names, such as JD's payMonth (预估结算日)."""
    shown_in_backend: bool | None = None
    data_as_of: datetime | None = None
    """When the platform was asked; the raw status holds from here on."""
    gross_amount: Decimal | None = None
    """Order total before discounts (成交额, GMV)."""
    discounts: Decimal | None = None
    freight: Decimal | None = None
    paid_amount: Decimal | None = None
    """Paid for the goods, without freight (实付金额)."""
    base_amount: Decimal | None = None
    """What the platform says commission is counted on (预估计佣金额)."""
    settled_base: Decimal | None = None
    """What commission was counted on in the end, refunds taken out (结算计佣金额)."""
    commission_rate: Decimal | None = None
    new_buyer_rate: Decimal | None = None
    old_buyer_rate: Decimal | None = None
    prior_orders: tuple[PriorOrder, ...] | None = None
    buyer_first_success_at: datetime | None = None
    estimated_commission: Decimal | None = None
    settled_commission: Decimal | None = None
    creator_fee_taken: bool | None = None
    """Whether Douyin's creator fee (达人扣点) is already out of the settled commission."""
    technical_fee: Decimal | None = None
    special_fee: Decimal | None = None
    agency_share: Decimal | None = None
    tax_withheld: Decimal | None = None
    minimum_payout: Decimal | None = None
    settlements: tuple[SettlementPhase, ...] | None = None
    balance_changes: tuple[BalanceChange, ...] | None = None
    refunds: tuple[Refund, ...] | None = None
    protection_days: int | None = None
    """Days of the refund protection period (退款保护期); 0 is agreed to be none."""
    union_bound: bool | None = None
    via_own_link: bool | None = None
    promoter: str | None = None
    """The creator whose commission is asked about, as named in ``clicks``."""
    clicks: tuple[Click, ...] | None = None
    order_audit: Audit | None = None
    commission_audit: Audit | None = None
    backend: Backend | None = None
    payout_accounts: tuple[PayoutAccount, ...] | None = None

    @property
    def key(self) -> OrderKey:
        """The line's own identity: its line id, else its sub-order number, else its number."""
        number = self.line_id or self.sub_order_number or self.order_number
        return OrderKey(self.platform, number)
