"""When and of what to be told: the page of reminder settings (提醒设置)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.desk.actions import Action, Verb
from bot.desk.effects import OptIn, OptOut, Prefer, Subscribe, Unsubscribe
from bot.desk.facts import Preferences, Scope
from bot.desk.keys import in_rows
from bot.desk.reminding import FOLLOWED
from bot.desk.replies import Answered, Button, Effect, Rows, Say
from bot.desk.turn import Turn
from bot.desk.zones import city_of, offered_zones, zone_called
from settlement.model import Platform

__all__ = ["WAITING_FOR_ZONE", "change_hours", "change_preferences", "change_zone", "hear_zone"]

WAITING_FOR_ZONE = "zone"
_LEADS = (0, 1, 3)
_HOURS = (("09:00", "21:00"), ("08:00", "20:00"), ("10:00", "22:00"), ("12:00", "18:00"))
_HOURS_FORM = re.compile(r"(\d\d)(\d\d)-(\d\d)(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the page shows: preferences, and what the person is subscribed to."""

    preferences: Preferences
    followed: frozenset[str]
    """Scopes and, as "platform.jd", platforms."""


def change_preferences(turn: Turn, action: Action) -> Answered | None:
    """Show the page; a subject changes something first."""
    if not turn.bound:
        return turn.answered(turn.placed(turn.unbound()))
    wishes = _wishes(turn)
    kind, _, value = action.subject.partition(".")
    if kind == "lead" and value.isdecimal() and int(value) in _LEADS:
        preferences = replace(wishes.preferences, lead_days=int(value))
        return _changed(
            turn, replace(wishes, preferences=preferences), Prefer(lead_days=int(value))
        )
    if kind == "news" and value in ("on", "off"):
        preferences = replace(wishes.preferences, opted_out=value == "off")
        effect = OptOut() if value == "off" else OptIn()
        return _changed(turn, replace(wishes, preferences=preferences), effect)
    if kind in ("on", "off") and value.partition(".")[0] in FOLLOWED:
        return _follow(turn, wishes, value, wish=kind == "on")
    return turn.answered(turn.placed(_page(turn, wishes)))


def change_hours(turn: Turn, action: Action) -> Answered | None:
    """Offer the hours in which to be told, or take one's choice."""
    chosen = _HOURS_FORM.fullmatch(action.subject)
    if chosen is None:
        return turn.answered(turn.placed(_offer(turn, "choose_hours", _hour_buttons(turn))))
    sending = (f"{chosen[1]}:{chosen[2]}", f"{chosen[3]}:{chosen[4]}")
    wishes = _wishes(turn)
    preferences = replace(wishes.preferences, sending_from=sending[0], sending_until=sending[1])
    return _changed(turn, replace(wishes, preferences=preferences), Prefer(sending=sending))


def change_zone(turn: Turn, action: Action) -> Answered | None:
    """Offer time zones, ask for another city, or take one's choice."""
    if action.subject == "ask":
        return _ask_zone(turn, again=False)
    zone = action.subject
    if zone not in offered_zones():
        return turn.answered(turn.placed(_offer(turn, "choose_zone", _zone_buttons(turn))))
    wishes = _wishes(turn)
    preferences = replace(wishes.preferences, zone=zone)
    return _changed(turn, replace(wishes, preferences=preferences), Prefer(zone=zone))


def hear_zone(turn: Turn, text: str) -> Answered:
    """Take a typed city or IANA name; ask again if it is neither."""
    zone = zone_called(text)
    if zone is None:
        return _ask_zone(turn, again=True)
    said = turn.say("zone_set", (), **_place(turn, zone))
    return turn.answered(said, effects=(Prefer(zone=zone),))


def _ask_zone(turn: Turn, *, again: bool) -> Answered:
    waiting = replace(turn.facts.dialogue, waiting_for=WAITING_FOR_ZONE, pending_text=None)
    asked = turn.say("ask_zone", (turn.cancelling(),), again=again)
    return turn.answered(asked, dialogue=waiting)


def _wishes(turn: Turn) -> _Wishes:
    followed = {
        f"{each.scope}.{each.platform}" if each.platform else str(each.scope)
        for each in turn.facts.subscriptions
    }
    return _Wishes(turn.facts.preferences, frozenset(followed))


def _follow(turn: Turn, wishes: _Wishes, name: str, *, wish: bool) -> Answered:
    scope, _, platform = name.partition(".")
    change = Subscribe if wish else Unsubscribe
    followed = wishes.followed | {name} if wish else wishes.followed - {name}
    effect = change(Scope(scope), None, platform)
    return _changed(turn, replace(wishes, followed=followed), effect)


def _changed(turn: Turn, wishes: _Wishes, effect: Effect) -> Answered:
    page = turn.placed(_page(turn, wishes))
    return turn.answered(*turn.toast("preferred"), page, effects=(effect,))


def _page(turn: Turn, wishes: _Wishes) -> Say:
    preferences = wishes.preferences
    leads = tuple(
        turn.button(
            f"lead_{days}", Verb.PREFERENCES, f"lead.{days}", on=days == preferences.lead_days
        )
        for days in _LEADS
    )
    hours = _hours(turn, preferences)
    zone = preferences.zone or str(turn.voice.zone)
    where = turn.button("zone", Verb.ZONES, city=city_of(turn.voice, zone))
    rows = (
        leads,
        (turn.button("hours", Verb.HOURS, hours=hours), where),
        (_toggle(turn, wishes, "changes"), _toggle(turn, wishes, "digest")),
        (_news(turn, preferences),),
        *_platform_rows(turn, wishes),
        (turn.button("back", Verb.REMINDERS),),
    )
    return turn.say(
        "reminder_settings",
        rows,
        hours=hours,
        lead=preferences.lead_days,
        everything=str(Scope.EVERYTHING) in wishes.followed,
        **_place(turn, zone),
    )


def _hours(turn: Turn, preferences: Preferences) -> str:
    if preferences.sending_from is None or preferences.sending_until is None:
        quiet = turn.operators.help_desk.quiet
        if quiet.start == quiet.end:
            return turn.voice.text("push", "all_hours")
        return f"{quiet.end:%H:%M}–{quiet.start:%H:%M}"
    return f"{preferences.sending_from}–{preferences.sending_until}"


def _place(turn: Turn, zone: str) -> dict[str, object]:
    local = turn.now.astimezone(ZoneInfo(zone))
    return {"city": city_of(turn.voice, zone), "clock": f"{local:%H:%M}"}


def _toggle(turn: Turn, wishes: _Wishes, name: str) -> Button:
    on = name in wishes.followed
    return turn.button(name, Verb.PREFERENCES, f"{'off' if on else 'on'}.{name}", on=on)


def _news(turn: Turn, preferences: Preferences) -> Button:
    on = not preferences.opted_out
    return turn.button("news", Verb.PREFERENCES, f"news.{'off' if on else 'on'}", on=on)


def _platform_rows(turn: Turn, wishes: _Wishes) -> Rows:
    return in_rows([_platform(turn, wishes, str(platform)) for platform in Platform], 3)


def _platform(turn: Turn, wishes: _Wishes, platform: str) -> Button:
    on = f"platform.{platform}" in wishes.followed
    return turn.button(
        "platform",
        Verb.PREFERENCES,
        f"{'off' if on else 'on'}.platform.{platform}",
        name=turn.voice.text("platforms_in_short", platform),
        on=on,
    )


def _offer(turn: Turn, template: str, buttons: Sequence[Button]) -> Say:
    return turn.say(template, (*in_rows(buttons, 3), (turn.button("back", Verb.PREFERENCES),)))


def _hour_buttons(turn: Turn) -> list[Button]:
    return [
        turn.press(f"{first}–{last}", Verb.HOURS, f"{first}-{last}".replace(":", ""))
        for first, last in _HOURS
    ]


def _zone_buttons(turn: Turn) -> list[Button]:
    offered = [turn.press(city_of(turn.voice, zone), Verb.ZONES, zone) for zone in offered_zones()]
    return [*offered, turn.button("other_zone", Verb.ZONES, "ask")]
