"""What is to be said, on its way from the desk to Telegram (信件)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from bot.desk.replies import Button, Document, Edit, Photo, Rearrange, Reply, Say, Toast
from bot.desk.topics import CloseTopic, Copy, InlineAnswer, OpenTopic, ShowMenu

__all__ = ["Kind", "Letter", "Outgoing", "State", "Verdict", "read_reply"]


class Kind(StrEnum):
    """What a row is, and so what may be promised of it (发送承诺)."""

    ANSWER = "answer"
    """A message that answers: arrives at least once."""
    EDIT = "edit"
    """A change of a message: may be repeated freely."""
    TOAST = "toast"
    """The answer to a button press: may be repeated freely."""
    PUSH = "push"
    """A message nobody just asked for, such as a reminder: sent at most once."""


class State(StrEnum):
    """Where a row stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    """It may have arrived and is not repeated; the operator sees it."""
    FAILED = "failed"
    """It did not arrive and is not tried again; the operator sees it."""
    DROPPED = "dropped"
    """It need not be said any more: something later replaced it, or the operator decided so."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to be said, not yet in the outbox; a key that is there already is not repeated.

    `question` is the message it answers, to which a second copy replies. An Edit without a
    message changes the message that the letter with the key `edits` became or will become.
    `bot` sends it; None is the bot that the user last wrote to. A push not sent by `send_until`
    is dropped. Without `due_at` it is due at once. A `farewell` is forgotten once it is sent. With
    a `handoff` it belongs to that case; `source` is the message of the other chat it passes on.
    """

    key: str
    kind: Kind
    chat: int
    reply: Reply
    user: int | None = None
    question: int | None = None
    edits: str | None = None
    bot: int | None = None
    due_at: datetime | None = None
    send_until: datetime | None = None
    handoff: int | None = None
    source: int | None = None
    farewell: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row on its way out; `attempts` counts this one.

    `created_at` is when it was put there, or put back by the operator. It may leave after
    `delay`, and its chat may be sent to again `rest` after it was taken. In the operator's chat
    what belongs to the case `handoff` goes to its topic `thread`, or else replies to `reply_to`,
    as answers do in groups. `update` is the one it answers, if it answers any.
    """

    id: int
    kind: Kind
    chat: int
    reply: Reply
    question: int | None
    attempts: int
    repeated: bool
    created_at: datetime
    taken_at: datetime
    owner: str | None = None
    delay: timedelta = timedelta()
    rest: timedelta = timedelta()
    handoff: int | None = None
    update: int | None = None
    thread: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an attempt to send a row.

    `repeated` says that an earlier copy may have arrived; `reply` replaces what is to be said;
    `unreachable` says that the person blocked the bot or is gone; `moved_to` is the supergroup
    that the group has become; until `hold` nothing is sent to the chat; `topic_gone` says that
    the forum topic of its case is not there any more.
    """

    row: Outgoing
    state: State
    due_at: datetime
    reason: str | None = None
    message: int | None = None
    repeated: bool = False
    reply: Reply | None = None
    unreachable: bool = False
    moved_to: int | None = None
    hold: datetime | None = None
    topic_gone: bool = False


def read_reply(kind: Kind, payload: dict[str, Any]) -> Reply:
    """What a row says; raises KeyError, TypeError or ValueError if it cannot be read."""
    for name, alone in _WITHOUT_WORDS.items():
        if name in payload:
            return alone.validate_python(payload)
    if kind is Kind.TOAST:
        return Toast(**payload)
    buttons = tuple(tuple(Button(**button) for button in row) for row in payload["buttons"])
    content = payload | {"buttons": buttons}
    if kind is Kind.EDIT:
        return Edit(**content)
    for name, enclosing in _ENCLOSING.items():
        if name in payload:
            return enclosing.validate_python(payload)
    return Say(**content)


_ENCLOSING: Mapping[str, TypeAdapter[Photo] | TypeAdapter[Document]] = {
    "picture": TypeAdapter(Photo),
    "content": TypeAdapter(Document),
}
"""What a message holds beside its words, by the name only its payload has."""
_WITHOUT_WORDS: Mapping[str, TypeAdapter[Reply]] = {
    "topic": TypeAdapter(OpenTopic),
    "close_topic": TypeAdapter(CloseTopic),
    "copied_message": TypeAdapter(Copy),
    "results": TypeAdapter(InlineAnswer),
    "menu_language": TypeAdapter(ShowMenu),
    "rearranged": TypeAdapter(Rearrange),
}
"""What is no message of our own words, in the same way."""
