"""What the operator decides about people and creators (绑定与解绑): said to those it is about."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from bot.console.operator_turn import operator_turn
from bot.console.visit import Visit
from bot.desk import binding_requests as desk
from bot.desk.actions import Action, Verb
from bot.desk.effects import SettleRequest
from bot.desk.facts import Facts, RequestKey
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.desk.rendering import Voice
from bot.desk.replies import Say
from bot.store.binding_requests import RequestOutdatedError, request_for_operator
from bot.store.exchanges import Exchange, write_exchanges
from bot.store.letters import Kind, Letter
from bot.store.locks import hold
from bot.store.outbox import enqueue
from bot.store.people import creators_of
from bot.store.tables import people
from bot.store.unbinding import unbind

__all__ = ["decide_request", "unbind_person"]

_OF_A_FORM = -1
"""In the place of an update's number; no letter's key is made of it."""


def decide_request(visit: Visit, key: RequestKey, creator: int | None) -> bool:
    """Approve a request to be bound as a creator (0: a new one), or refuse it; the asker is told.

    False if somebody else has decided, or another creator may be meant by now.
    """
    action = _action(key, creator)
    if desk.request_key(action) is None:
        return False

    def work(connection: Connection) -> bool:
        hold(connection, {("user", key.user)})
        facts = Facts(request=request_for_operator(connection, key))
        turn = operator_turn(visit, _pressed(visit), facts, _operators(visit))
        answered = desk.decide(turn, action)
        if answered is None or not _settles(answered.effects):
            return False
        exchange = Exchange(turn.incoming, turn.facts, answered)
        write_exchanges(connection, visit.parts.bot, [exchange], visit.now)
        approved = "binding_refused" if creator is None else "binding_approved"
        visit.record(connection, approved, f"person:{key.user}", creator=creator)
        return True

    try:
        return visit.writes(work)
    except RequestOutdatedError:
        return False


def unbind_person(visit: Visit, user: int, creator: int) -> bool:
    """End a person's binding to a creator and tell them; False if there is none."""

    def work(connection: Connection) -> bool:
        hold(connection, {("user", user)})
        bound = dict(creators_of(connection, [user]).get(user, ()))
        if creator not in bound:
            return False
        unbind(connection, user, creator, visit.now)
        letters = _told(visit, connection, user, bound[creator], last=len(bound) == 1)
        enqueue(connection, letters, visit.now)
        visit.record(connection, "unbound", f"creator:{creator}", person=user)
        return True

    return visit.writes(work)


def _told(
    visit: Visit, connection: Connection, user: int, name: str, *, last: bool
) -> Iterable[Letter]:
    whose = select(people.c.chat, people.c.language).where(people.c.user == user)
    person = connection.execute(whose).one_or_none()
    if person is None:
        return ()
    html = Voice(person.language).html("unbound", name=name, last=last)
    key = f"about:{user}:unbound:{visit.now.timestamp():.6f}"
    return (Letter(key, Kind.PUSH, person.chat, Say(html, template="unbound"), user=user),)


def _pressed(visit: Visit) -> Incoming:
    return Incoming(_OF_A_FORM, visit.user, visit.user, private=False, name=visit.session.name)


def _operators(visit: Visit) -> Operators:
    return Operators(visit.parts.settings.operator_chat, (visit.user,))


def _action(key: RequestKey, creator: int | None) -> Action:
    if creator is None:
        return Action(Verb.REFUSE, f"{key.user}.{key.mark}")
    return Action(Verb.APPROVE, f"{key.user}.{key.mark}.{creator}")


def _settles(effects: Iterable[object]) -> bool:
    return any(isinstance(each, SettleRequest) for each in effects)
