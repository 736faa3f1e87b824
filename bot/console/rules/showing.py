"""What the templates of the page Rules have besides their own (模板共用)."""

from datetime import timedelta
from typing import Any

from markupsafe import Markup

from bot.console.visit import Visit
from bot.store.days_to_come import LINES_COUNTED
from settlement.holiday_notice import Doubt
from settlement.rulebook import Rule, Unit, Value, shown
from settlement.shanghai import day_of

__all__ = ["OLD", "showing"]

OLD, VERY_OLD = timedelta(days=90), timedelta(days=180)
"""Since when a figure was not compared with its source: platforms change rules silently."""


def showing(visit: Visit) -> dict[str, Any]:
    """Words for figures, their age, and doubts, in the reader's language."""
    today = day_of(visit.now)

    def written(value: Value, unit: Unit) -> str:
        return str(visit.say("unknown")) if value.figure is None else shown(value.figure, unit)

    def age(rule: Rule) -> str:
        span = today - rule.last_checked
        return "bad" if span > VERY_OLD else "warn" if span > OLD else ""

    def looked_up(rule: Rule) -> Markup:
        days = (today - rule.last_checked).days
        return visit.say("age_days", count=days) if days > 0 else visit.say("age_today")

    def title(rule: Rule) -> str:
        """The Chinese term stands in brackets behind the English sentence."""
        sentence, _, term = rule.description.removesuffix(")").rpartition(" (")
        return term if visit.language == "zh" or not sentence else sentence

    def doubt(each: Doubt) -> Markup:
        return visit.say(f"doubt_{each.code}", said=each.said)

    return {
        "today": today,
        "written": written,
        "age": age,
        "looked_up": looked_up,
        "title": title,
        "doubt": doubt,
        "most_counted": LINES_COUNTED,
    }
