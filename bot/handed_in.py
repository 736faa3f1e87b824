"""What is handed to the writer (交办): updates, jobs and rides, and which of them are next."""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine

from bot.intake import Received, Task
from bot.store.transactions import transact

__all__ = ["MOST_OF_ONE", "Hurry", "Job", "Ride", "Submission", "Waiting", "next_batch"]

LARGEST_BATCH = 64
MOST_OF_ONE = 8
"""Messages of one person in a batch, which are answered one after the other."""

Result = TypeVar("Result")


class Submission:
    """Updates handed in together: done when all are, failed when one could not be written."""

    __slots__ = ("future", "open", "received")

    def __init__(self, received: Sequence[Received]) -> None:
        self.received = received
        self.open = len(received)
        self.future: Future[None] = Future()

    def one_done(self) -> None:
        """Count one update as written."""
        self.open -= 1
        if self.open == 0 and not self.future.done():
            self.future.set_result(None)

    def fail(self, error: Exception) -> None:
        """Tell whoever waits that something stood in the way; all of it will come again."""
        if not self.future.done():
            self.future.set_exception(error)


class Job(Generic[Result]):
    """A function that wants a transaction of its own, or several if others get in the way."""

    __slots__ = ("function", "future")

    def __init__(self, function: Callable[[Connection], Result]) -> None:
        self.function = function
        self.future: Future[Result] = Future()

    def execute(self, engine: Engine) -> None:
        """Do it now, in a transaction of its own."""
        try:
            result = transact(engine, self.function)
        except Exception as error:  # belongs to whoever asked, not to the thread
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Ride(Job[Result]):
    """A job that need not have a transaction of its own (搭车): the next batch's will do.

    It comes after the batch, and counts or is rolled back with it. Whoever cannot wait for a
    batch hurries it.
    """

    __slots__ = ("hurried",)

    def __init__(self, function: Callable[[Connection], Result]) -> None:
        super().__init__(function)
        self.hurried = False


class Hurry(NamedTuple):
    """Word that a ride shall not wait any longer."""

    ride: Ride[Any]


class Waiting(NamedTuple):
    """A task and the submission that waits for it."""

    task: Task
    submission: Submission


def next_batch(waiting: deque[Waiting]) -> list[Waiting]:
    """Take the longest waiting tasks, a few of each key; the others keep their order.

    Who writes a hundred messages a second costs some commits, not a hundred.
    """
    batch: list[Waiting] = []
    later: list[Waiting] = []
    taken: Counter[Hashable] = Counter()
    while waiting and len(batch) < LARGEST_BATCH:
        each = waiting.popleft()
        if all(taken[key] < MOST_OF_ONE for key in each.task.keys):
            batch.append(each)
            taken.update(each.task.keys)
        else:
            later.append(each)
            # A task that waits keeps the later ones of its keys waiting too.
            taken.update(dict.fromkeys(each.task.keys, MOST_OF_ONE))
    waiting.extendleft(reversed(later))
    return batch
