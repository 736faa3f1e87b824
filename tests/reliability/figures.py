"""What came of a run, by the state of Telegram and of the database (对账)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection, func, select

from bot.simulator.messages import Message
from bot.store.letters import Kind, State
from bot.store.tables import outbox, quarantine, unanswered_questions
from bot.store.troubled import troubled
from bot.telegram.in_flight import ANSWERS_IN_FLIGHT, PUSHES_IN_FLIGHT
from tests.reliability.stage import Stage

__all__ = ["Figures", "count"]

_BROKEN = (
    "lost",
    "handled_twice",
    "handled_misordered",
    "unanswered",
    "misordered",
    "pushes_doubled",
    "pushes_lost",
    "set_aside",
    "failed",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The first nine must be zero; `interruptions` are ends of processes or of connections.

    An uncertain push counts as accounted for only where the operator's list has it; one that is
    neither at Telegram nor listed is lost. `unsure_pushes` are pushes whose answer was lost or
    was a 5xx.
    """

    lost: int
    handled_twice: int
    handled_misordered: int
    unanswered: int
    misordered: int
    pushes_doubled: int
    pushes_lost: int
    set_aside: int
    failed: int
    updates: int
    interruptions: int
    answers_repeated: int
    pushes: int
    pushes_uncertain: int
    unsure_pushes: int
    floods: int
    server_errors: int
    lost_answers: int
    redelivered: int

    def faultless(self) -> bool:
        """Whether every promise was kept."""
        uncertain_at_most = PUSHES_IN_FLIGHT * self.interruptions + self.unsure_pushes
        repeated_at_most = (
            ANSWERS_IN_FLIGHT * self.interruptions + self.lost_answers + self.server_errors
        )
        return (
            not any(getattr(self, name) for name in _BROKEN)
            and self.pushes_uncertain <= uncertain_at_most
            and self.answers_repeated <= repeated_at_most
        )


def count(stage: Stage, interruptions: int) -> Figures:
    """Compare what was asked, handled, planned and told, once the run is over."""
    world = stage.server.world
    said = {person: _said(world.messages(person)) for person in world.people}
    told = Counter(text for texts in said.values() for text in texts)
    answers = {text: copies for text, copies in told.items() if text.startswith("A ")}
    pushes = {text: copies for text, copies in told.items() if text.startswith("P ")}
    asked = {f"Q{number}" for numbers in stage.asked.values() for number in numbers}
    planned = {f"P {number}" for number in range(stage.setting.pushes)}
    with stage.engine.connect() as connection:
        handled = _handled(connection)
        listed = [each for each in troubled(connection) if each.state is State.UNCERTAIN]
        states = _states(connection)
        set_aside = connection.execute(select(func.count()).select_from(quarantine)).scalar_one()
    recorded = Counter(text for texts in handled.values() for text in texts)
    happened = stage.mishaps.counted
    return Figures(
        lost=len(asked - recorded.keys()),
        handled_twice=sum(copies > 1 for copies in recorded.values()),
        handled_misordered=_differing(stage.asked, handled),
        unanswered=len({f"A {text}" for text in asked} - answers.keys()),
        misordered=sum(_misordered(texts) for texts in said.values()),
        pushes_doubled=sum(copies > 1 for copies in pushes.values()),
        pushes_lost=len(planned - pushes.keys() - {each.text for each in listed}),
        set_aside=set_aside,
        failed=sum(states[kind, State.FAILED] for kind in Kind),
        updates=len(asked),
        interruptions=interruptions,
        answers_repeated=sum(copies - 1 for copies in answers.values()),
        pushes=len(planned),
        pushes_uncertain=states[Kind.PUSH, State.UNCERTAIN],
        unsure_pushes=stage.mishaps.unsure_pushes,
        floods=happened["flood"],
        server_errors=happened["server_error"],
        lost_answers=happened["lost_answer"],
        redelivered=happened["redelivery"],
    )


def _said(messages: Sequence[Message]) -> list[str]:
    return [message.content.text for message in messages if message.by_bot]


def _handled(connection: Connection) -> dict[int, list[str]]:
    """Each person's questions in the order in which the desk counted them."""
    columns = unanswered_questions.c
    handled: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for person, text, place in connection.execute(
        select(columns.user, columns.text, columns.outcome)
    ):
        handled[person].append((int(place), text))
    return {person: [text for _, text in sorted(found)] for person, found in handled.items()}


def _states(connection: Connection) -> Counter[tuple[str, str]]:
    columns = (outbox.c.kind, outbox.c.state)
    found = connection.execute(select(*columns, func.count()).group_by(*columns))
    return Counter({(kind, state): number for kind, state, number in found})


def _differing(asked: Mapping[int, Sequence[int]], handled: Mapping[int, Sequence[str]]) -> int:
    """Of how many people the questions were not handled in the order they were asked."""
    return sum(
        handled.get(person, []) != [f"Q{number}" for number in numbers]
        for person, numbers in asked.items()
    )


def _misordered(texts: Sequence[str]) -> int:
    """How many first answers came before the answer to an earlier question of the person."""
    first = dict.fromkeys(text for text in texts if text.startswith("A Q"))
    numbers = [int(text.removeprefix("A Q")) for text in first]
    return sum(late < early for early, late in pairwise(numbers))
