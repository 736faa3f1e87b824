"""What passes between a creator and the operator (传话): written down as letters of their case."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.desk.handoffs import HandOffState
from bot.desk.handover_notices import erased
from bot.desk.incoming import Incoming
from bot.desk.passing import EndHandOff, HandOver, PassOn, TakeOver
from bot.desk.replies import Edit, Effect, Reply
from bot.store.handoffs import close_case, open_cases_of, take_case
from bot.store.inserting import insert
from bot.store.letters import Kind, Letter
from bot.store.tables import handoffs

__all__ = ["CaseClosedError", "pass_on", "told_of_erasure"]

_whose = select(
    handoffs.c.id, handoffs.c.user, handoffs.c.chat, handoffs.c.operator_chat, handoffs.c.closed_at
)


class CaseClosedError(Exception):
    """A case was closed between reading and writing; ask again."""


def pass_on(
    connection: Connection,
    bot: int,
    incoming: Incoming,
    effects: Sequence[Effect],
    now: datetime,
) -> Iterator[Letter]:
    """Write down where the cases of a message stand; the letters to the other side, in order.

    Raises CaseClosedError if a replica closed the creator's case meanwhile: the bot would have
    been silent for nobody, so the message must be answered again from new facts.
    """
    ending = any(isinstance(each, EndHandOff) for each in effects)
    for place, effect in enumerate(effects):
        key = f"{bot}:{incoming.update}:case:{place}"
        match effect:
            case HandOver():
                yield from _opened(connection, bot, incoming, effect, now)
            case PassOn(case, chat, reply, source, edits):
                whose = _read(connection, case)
                if not ending:
                    _check_open(whose, incoming)
                yield _letter(bot, whose, key, reply, chat, source, edits)
            case TakeOver(case, control):
                take_case(connection, case, now)
                whose = _read(connection, case)
                yield _letter(bot, whose, key, control, edits=_control(case))
            case EndHandOff(case, by, control):
                close_case(connection, case, by, now)
                whose = _read(connection, case)
                yield _letter(bot, whose, key, control, edits=_control(case))


def told_of_erasure(
    connection: Connection, bot: int, leaving: Collection[int]
) -> Iterator[Letter]:
    """For the operator: whose case ends because they have everything of them erased.

    Of these letters nothing is the person's, so they outlive the erasure.
    """
    for case in open_cases_of(connection, leaving).values():
        said = erased(case)
        key = f"handoff:{case.id}:erased"
        yield Letter(key, Kind.ANSWER, case.operator_chat, said, bot=bot)


def _read(connection: Connection, case: int) -> Any:
    return connection.execute(_whose.where(handoffs.c.id == case)).one()


def _check_open(whose: Any, incoming: Incoming) -> None:
    if whose.closed_at is not None and incoming.chat == whose.chat:
        raise CaseClosedError(f"case {whose.id} was closed meanwhile")


def _opened(
    connection: Connection, bot: int, incoming: Incoming, opening: HandOver, now: datetime
) -> Iterator[Letter]:
    values = {
        "number": opening.number,
        "bot": bot,
        "user": incoming.user,
        "chat": incoming.chat,
        "operator_chat": opening.operator_chat,
        "state": HandOffState.WAITING,
        "question": opening.question,
        "opened_at": now,
        "answer_by": opening.answer_by,
    }
    fresh = insert(connection, handoffs).values(**values).on_conflict_do_nothing()
    case = connection.execute(fresh.returning(handoffs.c.id)).scalar_one_or_none()
    if case is None:
        return
    whose = _read(connection, case)
    for place, reply in enumerate(opening.briefing):
        yield _letter(bot, whose, f"handoff:{case}:{place}", reply)
    yield _letter(bot, whose, _control(case), opening.control)


def _letter(
    bot: int,
    whose: Any,
    key: str,
    reply: Reply,
    chat: int | None = None,
    source: int | None = None,
    edits: str | None = None,
) -> Letter:
    """A letter of a case: to the operator's chat, or to `chat`; it is the creator's to erase."""
    return Letter(
        key=key,
        kind=Kind.EDIT if isinstance(reply, Edit) else Kind.ANSWER,
        chat=whose.operator_chat if chat is None else chat,
        reply=reply,
        user=whose.user,
        edits=edits,
        bot=bot,
        handoff=whose.id,
        source=source,
    )


def _control(case: int) -> str:
    """The key of the message with the buttons of a case."""
    return f"handoff:{case}:control"
