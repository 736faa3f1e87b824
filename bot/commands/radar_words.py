"""Words, tables and a picture of `mingzhang radar` (zh)."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bot.commands.reconciliation_words import platform_word, yuan
from bot.desk.pictures import Bar, Figure, Picture, Section, Segment, Sheet
from bot.desk.rendering import Voice, presentable
from settlement.model import Platform
from settlement.money import ZERO
from settlement.platforms import room_of
from settlement.radar import Radar, Spot, Sums
from settlement.stakes import SETTLED_LESS, Fate
from settlement.states import Reason, State

__all__ = ["picture_of", "radar_json", "sheet_of", "tables"]

FATES = {Fate.LOST: "已损失", Fate.HANGING: "悬着"}
COLOURS = {Fate.LOST: "red", Fate.HANGING: "yellow"}
TONES = {Fate.LOST: "lost", Fate.HANGING: "provisional"}
WORDS: dict[str, str] = {
    SETTLED_LESS: "结算比预估少，没写原因",
    Reason.LAST_CLICK_OTHER: "最后点了别人的链接",
    Reason.NOT_BOUND: "推广账号没绑定",
    Reason.NOT_OWN_LINK: "不是自己的推广链接",
    Reason.OLD_BUYER_NO_RATE: "老客不计佣",
    Reason.PROMOTION_CANCELLED: "商家取消推广",
    Reason.MERCHANT_LATE: "商家没按时发货",
    Reason.CLOSES_150_DAYS: "超时没发货，自动关闭",
    Reason.BALANCE_TAKEN_BACK: "结算后全部扣回",
    Reason.PARTIAL_REFUND: "部分退款",
    Reason.PARTIAL_CLAWBACK: "部分追回",
}
MOST_SPOTS = 15
MOST_BARS = 6
BAR = 10
FEN = 100
TENFOLD = 10
NO_SHOP = "（没写店铺）"
_VOICE = Voice("zh")


@cache
def cause_word(platform: Platform, cause: str) -> str:
    """Name a cause in short: the platform's own words for its own codes."""
    for table in room_of(platform).statuses.tables.values():
        for meaning in table.values():
            if meaning.reason == cause:
                return meaning.text
    if cause in set(State):
        return _VOICE.text("states", cause)
    if cause in WORDS:
        return WORDS[cause]
    return _VOICE.text("reasons", cause).rstrip("。")


def tables(radar: Radar) -> RenderableType:
    """The sums in a sentence, and the places with the most money, as bars."""
    return Group(Text(_headline(radar)), _platforms(radar), _places(radar))


def _headline(radar: Radar) -> str:
    total, span = radar.total, radar.span
    unknown = f"，另有 {total.unknown} 单金额未知" if total.unknown else ""
    return (
        f"漏佣雷达 {span.start} 至 {span.today}（{span.days} 天，与之前 {span.days} 天比）\n"
        f"看了 {radar.looked_at} 单：本期 {total.lines} 单，{yuan(total.amount)} 元"
        f"（{growth(total)}）{unknown}；不论时间共 {total.all_lines} 单，"
        f"{yuan(total.all_amount)} 元"
    )


def growth(sums: Sums) -> str:
    """Say how much more or less it is than in the period before."""
    if not sums.before:
        return "新出现" if sums.amount else "没有"
    if sums.amount >= TENFOLD * sums.before:
        return f"{sums.amount / sums.before:,.0f} 倍"
    return f"{sums.growth / sums.before * 100:+,.0f}%"


def _places(radar: Radar) -> Table:
    table = Table(title="钱漏在哪里，最多的在前", title_justify="left")
    for name in ("平台", "店铺", "原因", "", "单", "本期", "比上期", "共"):
        numbers = name in ("单", "本期", "比上期", "共")
        table.add_column(name, justify="right" if numbers else "left", no_wrap=name == "")
    worst = radar.worst()[:MOST_SPOTS]
    longest = max((sums.amount for _, sums in worst), default=ZERO)
    for spot, sums in worst:
        named = (platform_word(spot.platform), _shop(spot.shop), _cause(spot))
        amounts = (str(sums.lines), yuan(sums.amount), growth(sums), yuan(sums.all_amount))
        bar = Text(_bar(sums.amount, longest), COLOURS[spot.fate])
        table.add_row(*map(escape, named), bar, *amounts)
    return table


def _platforms(radar: Radar) -> Table:
    table = Table(title="按平台", title_justify="left")
    for name in ("平台", "", "单", "本期", "上期", "比上期"):
        table.add_column(name, justify="left" if name in ("平台", "") else "right")
    found = radar.by(_platform_of)
    longest = max((sums.amount for _, sums in found), default=ZERO)
    for platform, sums in found:
        amounts = (str(sums.lines), yuan(sums.amount), yuan(sums.before), growth(sums))
        table.add_row(platform_word(platform), _bar(sums.amount, longest), *amounts)
    return table


def _platform_of(spot: Spot) -> Platform:
    return spot.platform


def _bar(amount: Decimal, longest: Decimal) -> str:
    return "█" * round(amount / longest * BAR) if longest else ""


def _shop(shop: str | None) -> str:
    return presentable(shop) if shop else NO_SHOP


def _cause(spot: Spot) -> str:
    word = cause_word(spot.platform, spot.cause)
    return word if spot.fate is Fate.LOST else f"{word}（{FATES[spot.fate]}）"


def picture_of(radar: Radar) -> Picture:
    """Put the sums into a picture for whoever decides by looking."""
    total, span = radar.total, radar.span
    return Picture(
        script="zh",
        title="漏佣雷达",
        note=f"{span.start} 至 {span.today}，与之前 {span.days} 天比",
        figures=(
            Figure("本期（元）", yuan(total.amount)),
            Figure("比上期", growth(total)),
            Figure("单", f"{total.lines:,}"),
        ),
        sections=(
            Section("按平台", _bars(radar, lambda spot: platform_word(spot.platform))),
            Section("按原因", _bars(radar, lambda spot: cause_word(spot.platform, spot.cause))),
            Section("按店铺", _bars(radar, lambda spot: _shop(spot.shop))),
        ),
        legend=tuple(Figure(TONES[fate], FATES[fate]) for fate in Fate),
        footnotes=("按平台数据和规则推算；平台扣点、服务费和税不算漏。",),
    )


def _bars(radar: Radar, part: Callable[[Spot], str]) -> tuple[Bar, ...]:
    by_fate = dict(radar.by(lambda spot: (part(spot), spot.fate)))
    return tuple(
        Bar(
            name,
            f"{yuan(sums.amount)}  {growth(sums)}",
            tuple(
                Segment(TONES[fate], int(by_fate[name, fate].amount * FEN))
                for fate in Fate
                if (name, fate) in by_fate
            ),
        )
        for name, sums in radar.by(part)[:MOST_BARS]
        if sums.amount
    )


def sheet_of(radar: Radar) -> Sheet:
    """Put every place into a table."""
    columns = (
        "平台",
        "店铺",
        "原因",
        "代码",
        "结果",
        "单数",
        "本期",
        "上期",
        "变化",
        "共",
        "共单数",
    )
    return Sheet(
        title="漏佣雷达",
        columns=columns,
        amounts=(6, 7, 8, 9),
        rows=tuple(_row(spot, sums) for spot, sums in radar.worst()),
        widths=(8, 24, 28, 22, 10, 8, 12, 12, 12, 12, 8),
    )


def _row(spot: Spot, sums: Sums) -> tuple[str, ...]:
    named = (platform_word(spot.platform), presentable(spot.shop or ""))
    why = (cause_word(spot.platform, spot.cause), spot.cause, FATES[spot.fate])
    amounts = (sums.amount, sums.before, sums.growth, sums.all_amount)
    counts = (str(sums.lines), *(f"{each:.2f}" for each in amounts), str(sums.all_lines))
    return (*named, *why, *counts)


def radar_json(radar: Radar) -> dict[str, object]:
    """Write the sums and every place; amounts are texts in yuan."""
    span = radar.span
    return {
        "since": span.start.isoformat(),
        "until": span.today.isoformat(),
        "compared_since": span.before.isoformat(),
        "lines": radar.looked_at,
        "total": _json(radar.total),
        "platforms": {platform.value: _json(sums) for platform, sums in radar.by(_platform_of)},
        "spots": [
            {
                "platform": spot.platform.value,
                "shop": spot.shop,
                "cause": spot.cause,
                "words": cause_word(spot.platform, spot.cause),
                "fate": spot.fate.value,
                **_json(sums),
            }
            for spot, sums in radar.worst()
        ],
    }


def _json(sums: Sums) -> dict[str, object]:
    return {
        "orders": sums.lines,
        "amount": f"{sums.amount:.2f}",
        "before": f"{sums.before:.2f}",
        "growth": f"{sums.growth:.2f}",
        "unknown": sums.unknown,
        "all_orders": sums.all_lines,
        "all_amount": f"{sums.all_amount:.2f}",
    }
