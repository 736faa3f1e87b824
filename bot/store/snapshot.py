"""Everything a batch of messages needs to be answered, read at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from bot.desk.facts import (
    BindingCode,
    Facts,
    OwnedLine,
    Preferences,
    Subscription,
    Wanted,
)
from bot.store.handoffs import CaseFacts, case_facts
from bot.store.lines import Found, find_lines, latest_lines
from bot.store.looking_up import OwnFacts, look_up
from bot.store.people import (
    Known,
    creators_of,
    known_people,
    offered_codes,
)
from bot.store.personal import PersonalFacts, load_personal
from bot.store.subscriptions import preferences_of, subscriptions_of
from bot.store.sync_cursors import covered_platforms
from settlement.model import Platform

__all__ = ["load_facts"]

_NO_CASE, _NOTHING_PERSONAL = CaseFacts(), PersonalFacts()


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What was read for a whole batch, by person or by code."""

    known: Mapping[int, Known]
    bound: Mapping[int, Sequence[tuple[int, str]]]
    subscribed: Mapping[int, tuple[Subscription, ...]]
    preferred: Mapping[int, Preferences]
    codes: Mapping[str, BindingCode]
    lines: Mapping[int, tuple[OwnedLine, ...]]
    personal: Mapping[int, PersonalFacts]
    cases: Mapping[int, CaseFacts]
    covered: Mapping[Platform, datetime]


class _Sought(NamedTuple):
    """Which lines one person asks for."""

    numbers: frozenset[str]
    rows: frozenset[int]


def load_facts(
    connection: Connection, asking: Mapping[int, Wanted], now: datetime
) -> dict[int, Facts]:
    """The facts for each person's message; nobody gets a line of a creator not theirs.

    Days such as "yesterday" are counted from `now`; nothing else needs it.
    """
    known = known_people(connection, asking.keys())
    bound = creators_of(connection, asking.keys())
    subscribed = _subscriptions(connection, asking)
    sought = {
        user: _sought(wanted, known.get(user), subscribed.get(user, ()))
        for user, wanted in asking.items()
        if user in bound
    }
    loaded = _Loaded(
        known,
        bound,
        subscribed,
        preferred=_preferences(connection, asking),
        codes=_codes(connection, asking),
        lines=_lines(connection, sought),
        personal=load_personal(connection, asking, known),
        cases=case_facts(connection, asking),
        covered=_covered(connection, asking),
    )
    return {user: _facts(connection, user, wanted, loaded, now) for user, wanted in asking.items()}


def _facts(
    connection: Connection, user: int, wanted: Wanted, loaded: _Loaded, now: datetime
) -> Facts:
    """One person's, with what can only be looked up for each by themselves."""
    them = loaded.known.get(user, Known())
    own = loaded.bound.get(user, ())
    asks_own = own and (wanted.sought or wanted.promoters or wanted.awaited)
    looked_up = look_up(connection, user, wanted, them.dialogue, now) if asks_own else OwnFacts()
    latest = latest_lines(connection, user, wanted.own_lines) if own and wanted.own_lines else ()
    return Facts(
        language=them.language,
        creators=tuple(creator for creator, _ in own),
        creator_names=tuple(name for _, name in own),
        dialogue=them.dialogue,
        lines=loaded.lines.get(user, ()),
        own_lines=latest,
        subscriptions=loaded.subscribed.get(user, ()),
        preferences=loaded.preferred.get(user, Preferences()),
        binding_code=loaded.codes.get(wanted.binding_code) if wanted.binding_code else None,
        first_contact=user not in loaded.known,
        role=them.role,
        covered=loaded.covered if wanted.numbers else {},
        **loaded.personal.get(user, _NOTHING_PERSONAL)._asdict(),
        **looked_up._asdict(),
        **loaded.cases.get(user, _NO_CASE)._asdict(),
    )


def _subscriptions(
    connection: Connection, asking: Mapping[int, Wanted]
) -> dict[int, tuple[Subscription, ...]]:
    users = [user for user, wanted in asking.items() if wanted.subscriptions]
    return subscriptions_of(connection, users) if users else {}


def _preferences(connection: Connection, asking: Mapping[int, Wanted]) -> dict[int, Preferences]:
    users = [user for user, wanted in asking.items() if wanted.preferences]
    return preferences_of(connection, users) if users else {}


def _covered(connection: Connection, asking: Mapping[int, Wanted]) -> dict[Platform, datetime]:
    looking = any(wanted.numbers for wanted in asking.values())
    return covered_platforms(connection) if looking else {}


def _codes(connection: Connection, asking: Mapping[int, Wanted]) -> dict[str, BindingCode]:
    codes = {wanted.binding_code for wanted in asking.values() if wanted.binding_code}
    return offered_codes(connection, codes) if codes else {}


def _sought(
    wanted: Wanted,
    known: Known | None,
    subscribed: tuple[Subscription, ...],
) -> _Sought:
    rows = set(wanted.rows)
    rows.update(each.row for each in subscribed if each.row is not None)
    if wanted.remembered and known:
        dialogue = known.dialogue
        rows.update(dialogue.rows)
        rows.update(() if dialogue.row is None else (dialogue.row,))
    return _Sought(frozenset(wanted.numbers), frozenset(rows))


def _lines(
    connection: Connection, sought: Mapping[int, _Sought]
) -> dict[int, tuple[OwnedLine, ...]]:
    users = [user for user, lines in sought.items() if lines.numbers or lines.rows]
    if not users:
        return {}
    numbers = frozenset().union(*(sought[user].numbers for user in users))
    rows = frozenset().union(*(sought[user].rows for user in users))
    theirs: dict[int, tuple[OwnedLine, ...]] = {}
    for found in find_lines(connection, users, numbers, rows):
        if _asked_for(found, sought[found.user]):
            theirs[found.user] = (*theirs.get(found.user, ()), found.line)
    return theirs


def _asked_for(found: Found, sought: _Sought) -> bool:
    return found.line.row in sought.rows or not found.numbers.isdisjoint(sought.numbers)
