"""The operator's part in a case, done from the console (接待): by the desk, as in the chat."""

import hashlib
from collections.abc import Callable

from sqlalchemy import Connection

from bot.console.operator_turn import operator_turn
from bot.console.visit import Visit
from bot.desk.facts import Facts
from bot.desk.handoffs import HelpDesk
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.desk.replies import Answered
from bot.desk.turn import Turn
from bot.store.case_list import CaseDetails, case_details
from bot.store.exchanges import Exchange, write_exchanges
from bot.store.locks import hold

__all__ = ["Act", "act_in_case"]

Act = Callable[[Turn], Answered | None]


def act_in_case(visit: Visit, case: int, act: Act, kind: str, text: str = "") -> bool:
    """Do something in a case and record it; False if the desk says it is too late for that.

    A form that is sent twice does it once: its letters have one key, made from the form's mark.
    """
    mark = _mark(case, visit.field("once"))

    def work(connection: Connection) -> bool:
        found = case_details(connection, case)
        if found is None:
            return False
        hold(connection, {("user", found.case.user), ("chat", found.case.operator_chat)})
        found = case_details(connection, case)  # as whoever held it left it
        if found is None:
            return False
        turn = _turn(visit, found, mark, text)
        answered = act(turn)
        if answered is None:
            return False
        exchange = Exchange(turn.incoming, turn.facts, answered)
        write_exchanges(connection, found.bot, [exchange], visit.now)
        visit.record(connection, kind, f"case:{case}")
        return True

    return visit.writes(work)


def _turn(visit: Visit, found: CaseDetails, mark: int, text: str) -> Turn:
    case = found.case
    incoming = Incoming(
        update=mark,
        user=visit.user,
        chat=case.operator_chat,
        private=False,
        text=text,
        name=visit.session.name or str(visit.say("you")),
    )
    help_desk = HelpDesk(anonymous=not visit.parts.settings.human_names)
    operators = Operators(case.operator_chat, (), help_desk)
    return operator_turn(visit, incoming, Facts(case=case), operators)


def _mark(case: int, once: str) -> int:
    """A number in the place of an update's; those of Telegram's are above zero."""
    digest = hashlib.sha256(f"{case}\x1f{once}".encode()).digest()
    return -1 - int.from_bytes(digest[:7])
