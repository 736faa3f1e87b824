"""Buttons about one's own account, role, language, figures and traces, and what they need."""

from bot.desk import binding, binding_requests, calculating, privacy, roles
from bot.desk.actions import Action, Verb
from bot.desk.facts import Wanted
from bot.desk.turn import Presses

__all__ = ["PRESSES", "wanted"]


def wanted(action: Action) -> Wanted:
    """What one of these presses needs loaded."""
    if action.verb in (Verb.APPROVE, Verb.REFUSE):
        return Wanted(request=binding_requests.request_key(action))
    return Wanted(kept=action.verb is Verb.EXPORT)


PRESSES: Presses = {
    Verb.BIND: lambda turn, _: binding_requests.ask_platform(turn),
    Verb.ACCOUNT: lambda turn, action: binding_requests.ask_account(turn, action.subject),
    Verb.APPROVE: binding_requests.decide,
    Verb.REFUSE: binding_requests.decide,
    Verb.UNBIND: binding.change_bindings,
    Verb.ROLE: roles.change_role,
    Verb.EXPORT: privacy.export,
    Verb.ERASE: privacy.erase,
    Verb.CALCULATE: calculating.press,
}
