"""What differs from what somebody was told, and why (变化与原因)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from markupsafe import Markup

from bot.desk.cards import EMOJI, title_of
from bot.desk.dates import dates_in_words
from bot.desk.reasons import platforms_own_words, reason_words, state_word
from bot.desk.rendering import Voice
from bot.reminders import DueLine, Standing, payout_of, standing_of
from settlement.diagnosis import State

__all__ = ["Change", "change_of"]


@dataclass(frozen=True, slots=True)
class Change:
    """One line's news, in words."""

    emoji: str
    platform: Markup
    title: str
    number: str
    lost: bool
    """Nothing will come of it: its reminder is cancelled."""
    differences: tuple[Markup, ...]
    causes: tuple[Markup, ...]
    dates: tuple[Markup, ...]


def change_of(voice: Voice, line: DueLine) -> Change:
    """Compare a line with what the person knew of it."""
    after = standing_of(line.diagnosis)
    before = line.before or after
    payout = payout_of(line.diagnosis)
    state_changed = before.state is not after.state
    return Change(
        emoji=EMOJI[after.state],
        platform=voice.word("platforms", line.order.platform),
        title=title_of(line.order),
        number=line.order.order_number,
        lost=after.lost and not before.lost,
        differences=tuple(_differences(voice, line, before, after)),
        causes=tuple(_causes(voice, line, before, after)),
        dates=tuple(dates_in_words(voice, line.diagnosis)) if payout and state_changed else (),
    )


def _differences(
    voice: Voice, line: DueLine, before: Standing, after: Standing
) -> Iterator[Markup]:
    if (before.net, before.settled) != (after.net, after.settled):
        yield voice.word(
            "changes", "money", before=_amount(voice, before), after=_amount(voice, after)
        )
    if before.state is not after.state:
        yield voice.word(
            "changes",
            "state",
            before=voice.word("states", before.state),
            after=voice.word(*state_word(line.diagnosis)),
        )
    yield from _day(voice, line)


def _day(voice: Voice, line: DueLine) -> Iterator[Markup]:
    payout = payout_of(line.diagnosis)
    if line.diagnosis.state is State.PAID or line.before_day is None:
        return
    if payout is None:
        yield voice.word("changes", "day_gone", before=voice.day(line.before_day))
    elif payout.day != line.before_day:
        yield voice.word(
            "changes", "day", before=voice.day(line.before_day), after=voice.day(payout.day)
        )


def _amount(voice: Voice, standing: Standing) -> Markup:
    if standing.net is None:
        return voice.word("changes", "amount_unknown")
    if standing.lost:
        return voice.yuan(standing.net)
    sure = "settled" if standing.settled else "estimated"
    return voice.word("changes", sure, net=voice.yuan(standing.net))


def _causes(voice: Voice, line: DueLine, before: Standing, after: Standing) -> Iterator[Markup]:
    """Say why: reasons that are new; else who changed it."""
    fresh = tuple(each for each in line.diagnosis.reasons if each not in before.reasons)
    words = reason_words(voice, replace(line.diagnosis, reasons=fresh))
    own = platforms_own_words(voice, line.diagnosis) if after.state is not before.state else ()
    known = (*own, *words)
    yield from known
    payout = payout_of(line.diagnosis)
    if payout and line.before_day not in (None, payout.day):
        yield voice.word("changes", "by_rule" if payout.by_rule else "by_platform")
        if after.state is before.state:
            yield from dates_in_words(voice, line.diagnosis)
    elif not known and before.net != after.net:
        yield voice.word("changes", "settled_so" if after.settled else "by_data")
