"""Whether the bot is live, and ready to serve (就绪): each part with its state, for machines.

A part that `failed` makes it unready; one that is only `degraded` does not: an answer with
yesterday's orders is better than none.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine

from bot.desk.snapshot import Snapshot
from bot.health.asking import NoAnswerError, Shared
from bot.health.condition import Condition
from bot.health.lateness import late_platforms
from bot.logs import fault_name
from bot.store.database import is_current
from bot.store.sync_cursors import Cursor, all_cursors
from bot.store.transactions import reads
from bot.sync.figures import SyncFigures

__all__ = ["Health", "Part", "Report", "State"]

STUCK_SECONDS = 120.0
"""A transaction that lasts longer has met something no time limit of ours has ended."""
SILENT_SECONDS = 120.0
"""A long poll is answered after 25 seconds at the latest; four in a row were not."""
UNWRITTEN_SECONDS = 5.0
"""A lock, or a server that restarts, holds writes up for less."""
FRESH_SECONDS = 1.0
PATIENCE_SECONDS = 3.0


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Part:
    """One part; `said` are further members of its JSON, nothing secret or personal."""

    name: str
    state: State
    said: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported; good as long as no part `failed`."""

    parts: tuple[Part, ...]

    @property
    def good(self) -> bool:
        """Whether no part failed."""
        return all(part.state is not State.FAILED for part in self.parts)

    def as_json(self) -> dict[str, object]:
        """The report as a JSON object."""
        parts = {part.name: {"state": part.state, **part.said} for part in self.parts}
        degraded = [part.name for part in self.parts if part.state is State.DEGRADED]
        return {"ok": self.good, "degraded": degraded, "parts": parts}


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the database says."""

    current: bool
    cursors: tuple[Cursor, ...]


class Health:
    """Asks all parts; `polls` says that silence of Telegram is a fault, as it is not by webhook.

    `platforms` are those that are synchronised.
    """

    def __init__(
        self,
        engine: Engine,
        condition: Callable[[], Condition],
        current: Callable[[], Snapshot],
        now: Callable[[], datetime],
        figures: SyncFigures,
        *,
        polls: bool,
        platforms: Collection[str] = (),
    ) -> None:
        self._engine = engine
        self._condition = condition
        self._current = current
        self._now = now
        self._figures = figures
        self._polls = polls
        self._platforms = frozenset(platforms)
        self._stored = Shared(self._look, fresh=FRESH_SECONDS, patience=PATIENCE_SECONDS)

    def live(self) -> Report:
        """Whether the process is worth keeping; asks neither database nor Telegram."""
        return Report((_writer(self._condition()),))

    async def ready(self) -> Report:
        """Whether it serves, and what is worse than it should be."""
        condition = self._condition()
        parts = [_writer(condition), _gateway(condition, polls=self._polls)]
        parts.append(Part("snapshot", State.OK, {"revision": self._current().revision}))
        try:
            stored = await self._stored()
        except Exception as error:  # the report is what tells of it
            return Report((*parts, Part("database", State.FAILED, {"why": _name(error)})))
        return Report((*parts, _writing(condition), *self._tables(stored)))

    def _look(self) -> _Stored:
        with reads(self._engine) as connection:
            current = is_current(connection)
            return _Stored(current, tuple(all_cursors(connection)) if current else ())

    def _tables(self, stored: _Stored) -> Iterator[Part]:
        if stored.current:
            yield Part("migrations", State.OK)
        else:
            yield Part("migrations", State.FAILED, {"why": "run mingzhang db upgrade"})
        late = late_platforms(stored.cursors, self._platforms, self._figures, self._now())
        yield Part("sync", State.DEGRADED if late else State.OK, {"late": late})


def _writer(condition: Condition) -> Part:
    lives = condition.writer_lives and condition.writing < STUCK_SECONDS
    return Part("writer", State.OK if lives else State.FAILED)


def _writing(condition: Condition) -> Part:
    if condition.failing > UNWRITTEN_SECONDS:
        return Part("database", State.FAILED, {"why": "nothing can be written"})
    return Part("database", State.OK)


def _gateway(condition: Condition, *, polls: bool) -> Part:
    said: dict[str, object] = {"mode": "polling" if polls else "webhook"}
    if not condition.started:
        return Part("gateway", State.FAILED, {**said, "why": "starting"})
    if condition.heard is not None:
        said["heard_seconds"] = round(condition.heard, 1)
    if not condition.open:
        return Part("gateway", State.FAILED, {**said, "why": "closed"})
    silent = polls and (condition.heard is None or condition.heard > SILENT_SECONDS)
    if silent:
        return Part("gateway", State.FAILED, {**said, "why": "Telegram does not answer"})
    return Part("gateway", State.OK, said)


def _name(error: Exception) -> str:
    return str(error) if isinstance(error, NoAnswerError) else fault_name(error)
