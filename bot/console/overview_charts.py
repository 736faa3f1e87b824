"""The drawings of the overview (概览的图), each empty where there is nothing to draw."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from decimal import Decimal

from markupsafe import Markup

from bot.console.charts import Bar, Column, bars, columns, keys
from bot.console.manner import Manner
from bot.console.money_waiting import Waiting
from bot.desk.entries import question_of
from bot.desk.rendering import Voice
from bot.store.hourly_counts import HourlyCount
from bot.store.overview import HandOffs
from bot.sync.standing import Standing
from knowledge.entry import KnowledgeBase

__all__ = ["Draws"]

Series = Sequence[Sequence[str]]
"""For each series the kinds that count to it."""
_EMPTY = Markup()


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws for one reader."""

    manner: Manner

    def over_time(
        self, of: str, counts: Sequence[HourlyCount], days: Sequence[date], series: Series
    ) -> Markup:
        """What happened on each day; kinds are "of:name" with a name of one of the series."""
        values = _per_day(counts, days, self.manner.zone, of, series)
        if not any(map(sum, values)):
            return _EMPTY
        names = [self._say(f"{of}_{each[0]}") for each in series]
        drawn = [
            Column(str(self.manner.day(day)), each) for day, each in zip(days, values, strict=True)
        ]
        title = self._say(f"{of}_chart")
        return columns(title, drawn, names, self.manner.number) + keys(names)

    def entries(
        self, title: str, counted: Sequence[tuple[str, int]], knowledge: KnowledgeBase, series: int
    ) -> Markup:
        """Answers with how many people they concern; one that is gone goes by its id."""
        known = knowledge.entries
        drawn = [
            Bar(question_of(known[each], self.voice) if each in known else each, count, series)
            for each, count in counted
        ]
        return bars(self._say(title), drawn, self.manner.number) if drawn else _EMPTY

    def handoffs(self, found: HandOffs) -> Markup:
        """What became of the cases."""
        figures = {"opened": found.opened, "taken": found.taken, "waiting": found.waiting}
        if not found.opened:
            return _EMPTY
        drawn = [Bar(self._say(f"handoffs_{name}"), count) for name, count in figures.items()]
        return bars(self._say("handoffs"), drawn, self.manner.number)

    def syncs(self, found: Sequence[Standing]) -> Markup:
        """How far what is known lies behind, in minutes; platform by platform the worst."""
        worst: dict[str, timedelta] = {}
        for each in found:
            if each.lag is not None:
                name = self.platform(each.cursor.key.platform)
                worst[name] = max(worst.get(name, timedelta()), each.lag)
        drawn = [Bar(name, lag // timedelta(minutes=1)) for name, lag in worst.items()]
        return bars(self._say("lag"), drawn, self._minutes) if drawn else _EMPTY

    def money(self, waiting: Waiting) -> Markup:
        """What waits in each state."""
        drawn = [Bar(self.state(state), amount) for state, amount in waiting.by_state]
        return bars(self._say("money"), drawn, self.manner.yuan) if drawn else _EMPTY

    def platforms(self, waiting: Waiting) -> Markup:
        """What waits on each platform."""
        drawn = [Bar(self.platform(each), amount, 4) for each, amount in waiting.by_platform]
        return bars(self._say("money_by_platform"), drawn, self.manner.yuan) if drawn else _EMPTY

    def rows(self, waiting: Waiting) -> list[tuple[str, str, Decimal]]:
        """The same as a table: platform, state, amount."""
        named = [
            (self.platform(platform), self.state(state), amount)
            for (platform, state), amount in waiting.amounts.items()
        ]
        return sorted(named, key=lambda each: (each[0], -each[2]))

    @property
    def voice(self) -> Voice:
        """The bot's own words in the reader's language."""
        return Voice(self.manner.language)

    def platform(self, name: str) -> str:
        """What a platform is called."""
        return self.voice.text("platforms", name)

    def state(self, name: str) -> str:
        """What a state is called."""
        return self.voice.text("states", name)

    def _minutes(self, minutes: int | Decimal) -> Markup:
        return self.manner.lasting(timedelta(minutes=int(minutes)))

    def _say(self, key: str, variables: Mapping[str, object] | None = None) -> str:
        return str(self.manner.say("overview", key, variables or {}))


def _per_day(
    counts: Sequence[HourlyCount], days: Sequence[date], zone: tzinfo, of: str, series: Series
) -> list[tuple[int, ...]]:
    """For each day of the reader's calendar how often each of the series happened."""
    found: Counter[tuple[date, str]] = Counter()
    for hour, kind, times in counts:
        found[hour.astimezone(zone).date(), kind] += times
    return [
        tuple(sum(found[day, f"{of}:{name}"] for name in names) for names in series)
        for day in days
    ]
