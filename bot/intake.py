"""One batch of messages (收件): loaded, answered and written in one transaction."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection

from bot.desk.facts import Facts, Wanted
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered
from bot.quarantine import Failure, quarantine
from bot.store.chats import move_chat, stand_in_chat
from bot.store.exchanges import Exchange, write_exchanges
from bot.store.locks import hold
from bot.store.snapshot import load_facts
from bot.store.updates import Poison, mark_handled

__all__ = ["AnswersMessages", "Intake", "Received", "Standing", "Task"]


class AnswersMessages(Protocol):
    """The desk, as the intake needs it: pure, so that a batch can be done again."""

    def wanted(self, incoming: Incoming) -> Wanted: ...

    def answer(self, incoming: Incoming, facts: Facts, now: datetime) -> Answered: ...


class Standing(NamedTuple):
    """Whether the bot may write to a chat from now on (能否发言)."""

    chat: int
    reachable: bool


@dataclass(frozen=True, slots=True)
class Received:
    """An update as it came.

    With a `problem` it cannot be read; then `incoming` says no more than who is to be told.
    `moved` are the old id and the new one of a group that became a supergroup; `standing` says
    that the bot was blocked or removed, or may write again.
    """

    update: int
    body: dict[str, Any]
    incoming: Incoming | None = None
    problem: str | None = None
    moved: tuple[int, int] | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """An update and what it needs.

    Two tasks that share one of `keys` are handled one after the other, and by one replica only:
    each must see what the other left.
    """

    received: Received
    wanted: Wanted = field(default_factory=Wanted)
    keys: frozenset[Hashable] = frozenset()


class Intake:
    """Handles the updates of one bot, through a Connection that the caller commits."""

    def __init__(
        self,
        desk: AnswersMessages,
        bot: int,
        now: Callable[[], datetime],
        operator_chat: int | None = None,
    ) -> None:
        self._desk = desk
        self._bot = bot
        self._now = now
        self._operator_chat = operator_chat

    def prepare(self, received: Received) -> Task:
        """What the update needs; a message the desk cannot even read becomes a problem."""
        incoming = received.incoming
        alone: frozenset[Hashable] = frozenset({("update", received.update)})
        if incoming is None or received.problem is not None:
            chats = {("chat", chat) for chat in received.moved or ()}
            if received.standing is not None:
                # a person's chat has the person's number
                chats |= {("chat", received.standing.chat), ("user", received.standing.chat)}
            return Task(received, keys=alone | chats)
        try:
            wanted = self._desk.wanted(incoming)
        except Exception as error:  # a fault of the desk must not stop the stream
            return Task(replace(received, problem=_describe(error)), keys=alone)
        return Task(received, wanted, _keys(incoming, wanted))

    def handle(self, connection: Connection, tasks: Sequence[Task]) -> None:
        """Answer those of these updates that have not taken effect yet; raises what goes wrong.

        Of tasks with a key in common each sees what the one before it left.
        """
        hold(connection, frozenset().union(*(task.keys for task in tasks)))
        now = self._now()
        fresh = mark_handled(connection, self._bot, [task.received.update for task in tasks], now)
        once: dict[int, Task] = {}
        for task in tasks:
            once.setdefault(task.received.update, task)
        for layer in _layers([task for update, task in once.items() if update in fresh]):
            self._handle(connection, layer, now)

    def _handle(self, connection: Connection, tasks: Sequence[Task], now: datetime) -> None:
        """Handle tasks that have no key in common."""
        self._set_aside(connection, _failures(tasks), now)
        for old, new in (task.received.moved for task in tasks if task.received.moved):
            move_chat(connection, self._bot, old, new)
        for standing in (task.received.standing for task in tasks if task.received.standing):
            stand_in_chat(connection, self._bot, standing.chat, standing.reachable, now)
        readable = [task for task in tasks if task.received.problem is None]
        asking = [(task.received.incoming, task.wanted) for task in readable]
        messages = {incoming.user: (incoming, wanted) for incoming, wanted in asking if incoming}
        if not messages:
            return
        asked = {user: each[1] for user, each in messages.items()}
        facts = load_facts(connection, asked, now)
        exchanges = [
            Exchange(incoming, facts[user], self._desk.answer(incoming, facts[user], now))
            for user, (incoming, _) in messages.items()
        ]
        write_exchanges(connection, self._bot, exchanges, now)

    def give_up(self, connection: Connection, task: Task, error: Exception) -> None:
        """Set aside an update whose handling keeps failing, so that the next one is served."""
        now = self._now()
        if mark_handled(connection, self._bot, [task.received.update], now):
            poison = Poison(task.received.update, task.received.body, _describe(error))
            self._set_aside(connection, [Failure(poison, task.received.incoming)], now)

    def _set_aside(
        self, connection: Connection, failures: Sequence[Failure], now: datetime
    ) -> None:
        quarantine(connection, self._bot, failures, self._operator_chat, now)


def _describe(error: Exception) -> str:
    """The kind of an error and its words, for the operator; may quote the person's text."""
    return f"{type(error).__name__}: {error}"


def _layers(tasks: Sequence[Task]) -> list[list[Task]]:
    """The tasks in their order, those with a key in common one layer after the other."""
    layers: list[list[Task]] = []
    depths: dict[Hashable, int] = {}
    for task in tasks:
        depth = max((depths.get(key, 0) for key in task.keys), default=0)
        if depth == len(layers):
            layers.append([])
        layers[depth].append(task)
        depths |= dict.fromkeys(task.keys, depth + 1)
    return layers


def _failures(tasks: Sequence[Task]) -> list[Failure]:
    return [
        Failure(Poison(received.update, received.body, received.problem), received.incoming)
        for received in (task.received for task in tasks)
        if received.problem is not None
    ]


def _keys(incoming: Incoming, wanted: Wanted) -> frozenset[Hashable]:
    keys: set[Hashable] = {("user", incoming.user)}
    if not incoming.private:
        keys.add(("chat", incoming.chat))
    if wanted.binding_code:
        keys.add(("code", wanted.binding_code))
    if wanted.request:
        keys.add(("user", wanted.request.user))
    return frozenset(keys)
