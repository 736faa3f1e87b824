"""Words and tables of `mingzhang reconcile` for whoever does the accounts (zh)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache

from rich.console import Group, JustifyMethod, RenderableType
from rich.markup import escape
from rich.table import Table

from bot.desk.rendering import Voice
from settlement.model import Platform
from settlement.money import ZERO
from settlement.reconciliation.findings import Cause, CauseShare, Finding, Outcome, Totals
from settlement.reconciliation.months import MonthFinding
from settlement.states import State

__all__ = [
    "CAUSES",
    "OUTCOMES",
    "PARTS",
    "because",
    "months_table",
    "platform_word",
    "state_word",
    "summary",
    "yuan",
]

OUTCOMES = {
    Outcome.AGREES: "一致",
    Outcome.DIFFERS: "金额不同",
    Outcome.REPEATED: "账单里重复",
    Outcome.ONLY_STATEMENT: "只在账单上",
    Outcome.ONLY_ORDERS: "该发没发",
    Outcome.UNDETERMINED: "算不出应得",
}
CAUSES = {
    Cause.REFUND: "退款份额",
    Cause.RATE: "佣金比例",
    Cause.BASE: "计佣金额",
    Cause.ESTIMATE: "按预估付，没按结算",
    Cause.PLATFORM_FEE: "平台扣点",
    Cause.TECHNICAL_FEE: "技术服务费",
    Cause.SPECIAL_FEE: "专项服务费",
    Cause.AGENCY_SHARE: "机构分成",
    Cause.TAX: "代扣税",
    Cause.CLAWBACK: "追回",
    Cause.PHASE: "结算期次",
    Cause.PAID_BEFORE: "别的月份已付过",
    Cause.NOT_PAYABLE: "按状态不该付",
    Cause.ROUNDING: "尾差",
    Cause.SEVERAL: "几种原因都说得通",
    Cause.OTHER: "原因不明",
}
PARTS = {
    "estimate": "预估收入",
    "refunded": "维权返款",
    "refunding": "维权中",
    "frozen": "冻结",
    "rededucted": "补扣",
    "tax": "代扣税",
    "service": "服务费",
}
_VOICE = Voice("zh")


def yuan(amount: Decimal | None) -> str:
    """Write an amount; what is not known is a dash."""
    return "—" if amount is None else f"{amount:,.2f}"


@cache
def platform_word(platform: Platform | None) -> str:
    """Name a platform in short."""
    return _VOICE.text("platforms_in_short", platform) if platform else ""


@cache
def state_word(state: State | None) -> str:
    """Name a state in short."""
    return _VOICE.text("states", state) if state else ""


def because(shares: Sequence[CauseShare]) -> str:
    """Say each cause with its amount."""
    if len(shares) == 1:
        return _cause(shares[0])
    return "，".join(f"{_cause(share)} {share.amount:+,.2f}" for share in shares)


def _cause(share: CauseShare) -> str:
    if share.candidates:
        return "可能是" + "或".join(CAUSES[each] for each in share.candidates)
    return CAUSES[share.cause] + ("（账单写明）" if share.stated else "")


def summary(title: str, totals: Totals, largest: Iterable[Finding]) -> RenderableType:
    """What a reader takes in within ten seconds: the totals, the causes, the worst."""
    tables = [_totals(title, totals)]
    if totals.causes:
        tables.append(_causes(totals))
    worst = list(largest)
    if worst:
        tables.append(_worst(worst))
    return Group(*tables)


def _totals(title: str, totals: Totals) -> Table:
    table = _table(title, "", "项", "账单", "应得", "差额")
    for outcome, word in OUTCOMES.items():
        if count := totals.findings[outcome]:
            paid, due = totals.paid[outcome], totals.expected[outcome]
            table.add_row(word, str(count), yuan(paid), yuan(due), f"{paid - due:+,.2f}")
    table.add_section()
    total = sum(totals.findings.values())
    sums = (yuan(totals.statement), yuan(totals.due), f"{totals.difference:+,.2f}")
    table.add_row("合计", str(total), *sums, style="bold")
    return table


def _causes(totals: Totals) -> Table:
    table = _table("金额不同，差在哪里", "原因", "项", "差额")
    causes = sorted(totals.causes.items(), key=lambda item: -abs(item[1].amount))
    for cause, total in causes:
        table.add_row(CAUSES[cause], str(total.findings), f"{total.amount:+,.2f}")
    return table


def _worst(findings: Iterable[Finding]) -> Table:
    table = _table("差得最多的", "平台", "订单号", "账单", "应得", "差额", "为什么")
    for each in findings:
        named = platform_word(each.platform), escape(each.order_number)
        amounts = (yuan(each.paid), yuan(each.expected), f"{each.difference:+,.2f}")
        table.add_row(*named, *amounts, _why(each))
    return table


def _why(finding: Finding) -> str:
    if finding.outcome is Outcome.ONLY_ORDERS:
        return f"没发：{state_word(finding.state)}"
    return because(finding.shares) or OUTCOMES[finding.outcome]


def months_table(found: Sequence[MonthFinding]) -> Table:
    """The months of bills without order numbers, part by part."""
    table = _table("按月对总数", "月份", "平台", "", "账单", "按订单算", "影响差额")
    for each in found:
        named = (f"{each.bill.month:%Y-%m}", platform_word(each.bill.platform))
        real = (yuan(each.bill.real), yuan(each.sums.due), f"{each.difference:+,.2f}")
        table.add_row(*named, "实发", *real, style="bold")
        for part in each.parts:
            if part.stated is not None:
                explains = f"{part.explains:+,.2f}" if part.explains else ""
                amounts = (yuan(part.stated), yuan(part.reckoned), explains)
                table.add_row("", "", PARTS[part.name], *amounts)
        if each.other != ZERO:
            table.add_row("", "", "其余，说不出原因", "", "", f"{each.other:+,.2f}")
        if each.sums.unknown:
            table.add_row("", "", f"另有 {each.sums.unknown} 单到期，金额未知", "", "", "")
        table.add_section()
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    numbers = {"项", "账单", "应得", "差额", "按订单算", "影响差额"}
    for name in columns:
        justify: JustifyMethod = "right" if name in numbers else "left"
        table.add_column(name, justify=justify, no_wrap=name == "订单号", overflow="fold")
    return table
