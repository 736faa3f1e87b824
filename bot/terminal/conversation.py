"""One person's chat without Telegram (终端对话): the desk, the store and the planner."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import TypeVar

from sqlalchemy import Connection, Engine

from bot.desk.incoming import Incoming
from bot.desk.replies import Button, Document, Edit, Photo, Rearrange, Reply, Rows, Say, Toast
from bot.intake import AnswersMessages, Intake, Received
from bot.planner import Planner
from bot.store.claiming import Claimant, Room, claim
from bot.store.letters import Outgoing, State, Verdict
from bot.store.pace import Limits, Pace
from bot.store.settling import settle

__all__ = ["BOT", "PERSON", "Conversation", "Message", "Notice", "Seen"]

BOT = 1
"""Stands where a bot's id stands; no bot of Telegram has it, so nothing of theirs is sent here."""
PERSON = 1
"""Whoever sits at the terminal; no person of Telegram's has this id."""

_AT_ONCE = Pace(timedelta(), burst=1)
_NO_LIMITS = Limits(person=_AT_ONCE, group=_AT_ONCE, push_interval=timedelta())
_ROOM = Room(answers=64, pushes=64)


@dataclass(slots=True)
class Message:
    """A message of the bot as it stands now; `enclosed` is its picture or file, if it has one."""

    number: int
    html: str
    buttons: Rows
    enclosed: Photo | Document | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A few words that are no message: the answer to a press."""

    text: str


Seen = Message | Notice

Result = TypeVar("Result")


class Conversation:
    """Hands in what a person says or presses, and gives what they see because of it."""

    def __init__(
        self,
        engine: Engine,
        desk: AnswersMessages,
        planner: Planner,
        now: Callable[[], datetime],
        language_code: str | None = None,
    ) -> None:
        """Begin with an empty chat; what the store keeps of the person stays known.

        `language_code` is what Telegram would tell of the person's language.
        """
        self._engine = engine
        self._intake = Intake(desk, BOT, now)
        self._planner = planner
        self._now = now
        self._language_code = language_code
        self._claimant = Claimant(BOT, "terminal")
        # An update is never handled twice: each conversation goes on above all earlier ones.
        self._updates = count(int(now().timestamp() * 1_000_000))
        self._numbers = count(1)
        self._messages: dict[int, Message] = {}

    def say(self, text: str) -> list[Seen]:
        """Send a text; gives what is new or changed."""
        return self._hand_in(text=text, message=next(self._numbers))

    def press(self, message: Message, button: Button) -> list[Seen]:
        """Press a button that has a token; gives what is new or changed."""
        return self._hand_in(message=message.number, button=button.token, button_query="press")

    def arrived(self) -> list[Seen]:
        """Give what has become due by itself, or is still to be seen."""
        self._planner.turn(self._in_transaction)
        seen: list[Seen] = []
        # Of a chat one row at a time: the next one waits for what becomes of it.
        while rows := self._in_transaction(self._take):
            delivered = [self._deliver(row) for row in rows]
            self._in_transaction(partial(self._settle, rows, delivered))
            seen += filter(None, delivered)
        return seen

    def _hand_in(
        self,
        text: str = "",
        message: int | None = None,
        button: str | None = None,
        button_query: str | None = None,
    ) -> list[Seen]:
        incoming = Incoming(
            update=next(self._updates),
            user=PERSON,
            chat=PERSON,
            text=text,
            message=message,
            button=button,
            button_query=button_query,
            language_code=self._language_code,
        )
        task = self._intake.prepare(Received(incoming.update, {}, incoming))
        with self._engine.begin() as connection:
            self._intake.handle(connection, [task])
        return self.arrived()

    def _in_transaction(self, job: Callable[[Connection], Result]) -> Result:
        with self._engine.begin() as connection:
            return job(connection)

    def _take(self, connection: Connection) -> list[Outgoing]:
        return claim(connection, self._claimant, _ROOM, _NO_LIMITS, self._now())

    def _settle(
        self, rows: Sequence[Outgoing], delivered: Sequence[Seen | None], connection: Connection
    ) -> None:
        now = self._now()
        verdicts = [
            Verdict(
                row, State.SENT, now, message=seen.number if isinstance(seen, Message) else None
            )
            for row, seen in zip(rows, delivered, strict=True)
        ]
        settle(connection, BOT, verdicts, now)

    def _deliver(self, row: Outgoing) -> Seen | None:
        match row.reply:
            case Toast(text=text):
                return Notice(text) if text else None
            case Say(html, buttons):
                return self._put(next(self._numbers), html, buttons)
            case Photo(html=html, buttons=buttons) | Document(html=html, buttons=buttons):
                return self._put(next(self._numbers), html, buttons, row.reply)
            case Edit(message, html, buttons) if message is not None:
                return self._put(message, html, buttons)
            case Rearrange(message, buttons) if message in self._messages:
                return self._put(message, self._messages[message].html, buttons)
        return None  # what belongs to groups and staff is not for this chat

    def _put(self, number: int, html: str, buttons: Rows, reply: Reply | None = None) -> Message:
        enclosed = reply if isinstance(reply, Photo | Document) else None
        self._messages[number] = Message(number, html, buttons, enclosed)
        return self._messages[number]
