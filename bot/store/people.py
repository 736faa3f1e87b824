"""People (用户) as the bot knows them: language, dialogue, bindings."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from bot.desk.facts import BindingCode, Dialogue, Role, WrongCodes
from bot.store.creators import hash_code
from bot.store.inserting import Insert, Inserting, insert, insert_for
from bot.store.tables import binding_codes, bindings, creators, people

__all__ = [
    "Acquaintance",
    "CodeSpentError",
    "Known",
    "bind",
    "bind_to",
    "count_wrong_code",
    "creators_of",
    "known_people",
    "mark_reachable",
    "mark_unreachable",
    "offered_codes",
    "remember",
    "set_role",
    "wrong_codes_of",
]

_known = select(people.c.user, people.c.language, people.c.dialogue, people.c.role).where(
    people.c.user.in_(bindparam("users", expanding=True))
)
_creators = (
    select(bindings.c.user, creators.c.id, creators.c.name)
    .join(creators, creators.c.id == bindings.c.creator)
    .where(bindings.c.user.in_(bindparam("users", expanding=True)), bindings.c.ended_at.is_(None))
    .order_by(bindings.c.id)
)
_codes = (
    select(
        binding_codes.c.hash,
        binding_codes.c.creator,
        creators.c.name,
        binding_codes.c.expires_at,
        binding_codes.c.used_at,
    )
    .join(creators, creators.c.id == binding_codes.c.creator)
    .where(binding_codes.c.hash.in_(bindparam("hashes", expanding=True)))
)
_spend = (
    binding_codes.update()
    .where(
        binding_codes.c.hash == bindparam("spent"),
        binding_codes.c.used_at.is_(None),
        binding_codes.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"), used_by=bindparam("user"))
    .returning(binding_codes.c.creator)
)
_DIALOGUE_FIELDS = {each.name for each in fields(Dialogue)}


class CodeSpentError(Exception):
    """A binding code was used up or ran out between reading and writing; ask again."""


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What one answered message leaves behind about the person who sent it."""

    user: int
    chat: int
    name: str
    language: str
    dialogue: Dialogue
    bot: int | None = None
    """The one that was written to."""


class Known(NamedTuple):
    """What is remembered of everybody who has written before."""

    language: str = "zh"
    dialogue: Dialogue = Dialogue()
    role: Role | None = None


def known_people(connection: Connection, users: Collection[int]) -> dict[int, Known]:
    """Those of these people who have written before."""
    found = connection.execute(_known, {"users": list(users)})
    return {
        user: Known(language, _dialogue(document), Role(role) if role else None)
        for user, language, document, role in found
    }


def set_role(connection: Connection, user: int, role: Role) -> None:
    """Keep for whom a person sells."""
    connection.execute(people.update().where(people.c.user == user).values(role=role))


def wrong_codes_of(connection: Connection, users: Collection[int]) -> dict[int, WrongCodes]:
    """How often in a row each of these people tried a code that nobody made, if they did."""
    tried = select(people.c.user, people.c.wrong_codes, people.c.wrong_code_at).where(
        people.c.user.in_(users), people.c.wrong_code_at.is_not(None)
    )
    return {user: WrongCodes(count, at) for user, count, at in connection.execute(tried)}


def count_wrong_code(connection: Connection, user: int, first: bool, now: datetime) -> None:
    """Count one more code that nobody made; `first` begins anew."""
    count = 1 if first else func.coalesce(people.c.wrong_codes, 0) + 1
    connection.execute(
        people.update().where(people.c.user == user).values(wrong_codes=count, wrong_code_at=now)
    )


def creators_of(
    connection: Connection, users: Collection[int]
) -> dict[int, list[tuple[int, str]]]:
    """The creators these people are bound to, as (id, name), the first binding first."""
    bound: dict[int, list[tuple[int, str]]] = {}
    for user, creator, name in connection.execute(_creators, {"users": list(users)}):
        bound.setdefault(user, []).append((creator, name))
    return bound


def offered_codes(connection: Connection, codes: Collection[str]) -> dict[str, BindingCode]:
    """Those of these clear codes that exist, used and expired ones too."""
    by_hash = {hash_code(code): code for code in codes}
    found = connection.execute(_codes, {"hashes": list(by_hash)})
    return {
        by_hash[hashed]: BindingCode(creator, name, expires_at, used_at is not None)
        for hashed, creator, name, expires_at, used_at in found
    }


def remember(connection: Connection, acquaintances: Iterable[Acquaintance], now: datetime) -> None:
    """Keep who wrote, in which chat, in which language, and where the dialogue stands.

    Whoever writes can be written to, so an earlier block ends here.
    """
    rows = [
        {
            "user": each.user,
            "chat": each.chat,
            "name": each.name,
            "language": each.language,
            "dialogue": each.dialogue,
            "bot": each.bot,
            "first_seen_at": now,
            "seen_at": now,
        }
        for each in sorted(acquaintances, key=lambda each: each.user)
    ]
    if not rows:
        return
    connection.execute(_renewal(insert_for(connection)), rows)


@cache
def _renewal(insert_into: Inserting) -> Insert:
    """Built once: building it anew costs as much as carrying it out."""
    statement = insert_into(people)
    renewed = {
        name: statement.excluded[name]
        for name in ("chat", "name", "language", "dialogue", "seen_at", "bot")
    }
    return statement.on_conflict_do_update(
        index_elements=["user"], set_={**renewed, "blocked_at": None}
    )


def bind(connection: Connection, user: int, code: str, now: datetime) -> None:
    """Spend a code and bind the person to its creator, both or neither.

    Raises CodeSpentError if somebody else was faster: the answer already written says otherwise,
    so the whole message must be answered again from new facts.
    """
    creator = connection.execute(
        _spend, {"spent": hash_code(code), "now": now, "user": user}
    ).scalar_one_or_none()
    if creator is None:
        raise CodeSpentError("the binding code was spent meanwhile")
    bind_to(connection, user, creator, now)


def bind_to(connection: Connection, user: int, creator: int, now: datetime) -> None:
    """Bind a person to a creator; a binding that there is stays as it is."""
    connection.execute(
        insert(connection, bindings)
        .values(user=user, creator=creator, bound_at=now)
        .on_conflict_do_nothing()
    )


def mark_unreachable(connection: Connection, chat: int, now: datetime) -> None:
    """Remember that this chat blocked the bot or is gone; writing again revives it."""
    connection.execute(
        people.update()
        .where(people.c.chat == chat, people.c.blocked_at.is_(None))
        .values(blocked_at=now)
    )


def mark_reachable(connection: Connection, chat: int) -> None:
    """Remember that this chat may be written to again."""
    connection.execute(
        people.update()
        .where(people.c.chat == chat, people.c.blocked_at.is_not(None))
        .values(blocked_at=None)
    )


def _dialogue(document: dict[str, Any]) -> Dialogue:
    # A dialogue written by an older or newer release may hold other fields.
    known = {name: value for name, value in document.items() if name in _DIALOGUE_FIELDS}
    lists = {name: tuple(known.get(name, ())) for name in ("rows", "given", "missing")}
    return Dialogue(**known | lists)
