"""The one thread that writes (写线程): batches of updates, and jobs, each in one transaction."""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from bot.handed_in import Hurry, Job, Ride, Submission, Waiting, next_batch
from bot.intake import Intake, Received, Task
from bot.store.transactions import is_databases_fault, transact

__all__ = ["Ride", "Writer", "WriterStoppedError"]

logger = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often an update is tried by itself before it is set aside."""

Result = TypeVar("Result")


class WriterStoppedError(Exception):
    """The writer has stopped; what was handed in did not take effect and will come again."""


class Writer:
    """Handles waiting updates as one set-based batch, then the jobs, then the next batch.

    A batch that fails is rolled back and redone one by one, so that one bad update costs only
    itself. When the database fails, everything that waits fails with it, in order, and nothing
    is lost: Telegram keeps what was not confirmed. `committed` is called on the thread after
    each batch without a ride.
    """

    def __init__(
        self, engine: Engine, intake: Intake, committed: Callable[[], object] = lambda: None
    ) -> None:
        self._engine = engine
        self._intake = intake
        self._committed = committed
        self._inbox: queue.SimpleQueue[Submission | Job[Any] | Hurry | None]
        self._inbox = queue.SimpleQueue()
        self._waiting: deque[Waiting] = deque()
        self._jobs: deque[Job[Any]] = deque()
        self._rides: list[Ride[Any]] = []
        self._stopping = False
        self._busy_since: float | None = None
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)

    @property
    def busy_seconds(self) -> float:
        """How long the turn under way has lasted; 0 while there is nothing to do."""
        since = self._busy_since
        return 0.0 if since is None else monotonic() - since

    @property
    def lives(self) -> bool:
        """Whether the thread has not ended."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what was handed in and end the thread; blocks until then."""
        self._stopping = True
        self._inbox.put(None)
        self._thread.join()

    def submit(self, received: Sequence[Received]) -> Future[None]:
        """Handle updates in their order; done once the effects of all are committed."""
        submission = Submission(received)
        if received:
            self._hand_in(submission)
        else:
            submission.future.set_result(None)
        return submission.future

    def run(self, job: Callable[[Connection], Result]) -> Future[Result]:
        """Run a job in a transaction of its own; its result counts once that is committed.

        It may be run more than once, as for `transact`.
        """
        waiting = Job(job)
        self._hand_in(waiting)
        return waiting.future

    def ride(self, job: Callable[[Connection], Result]) -> Ride[Result]:
        """Run a job at the end of the next batch's transaction; its `future` has the result.

        It may be run more than once, as for `transact`.
        """
        waiting = Ride(job)
        self._hand_in(waiting)
        return waiting

    def hurry(self, ride: Ride[Any]) -> None:
        """Let a ride wait for no batch but for what is being done right now."""
        self._inbox.put(Hurry(ride))

    def _hand_in(self, item: Submission | Job[Any]) -> None:
        if self._stopping:
            raise WriterStoppedError("the writer has stopped")
        self._inbox.put(item)

    def _serve(self) -> None:
        serving = True
        while serving or self._waiting:
            self._busy_since = None
            serving = self._gather() and serving
            self._busy_since = monotonic()
            while self._jobs:
                self._jobs.popleft().execute(self._engine)
            self._handle_batch()
            self._let_ride_alone([ride for ride in self._rides if ride.hurried])
        for ride in self._rides:
            ride.future.set_exception(WriterStoppedError("the writer has stopped"))

    def _gather(self) -> bool:
        """Take in everything handed in so far; False once the end has been asked for."""
        serving = True
        idle = not self._waiting
        while idle or not self._inbox.empty():
            idle = False
            item = self._inbox.get()
            if item is None:
                serving = False
            elif isinstance(item, Hurry):
                item.ride.hurried = True
            elif not item.future.set_running_or_notify_cancel():
                continue
            elif isinstance(item, Ride):
                self._rides.append(item)
            elif isinstance(item, Job):
                self._jobs.append(item)
            else:
                tasks = (self._intake.prepare(received) for received in item.received)
                self._waiting.extend(Waiting(task, item) for task in tasks)
        return serving

    def _handle_batch(self) -> None:
        batch = next_batch(self._waiting)
        if not batch:
            return
        rides, self._rides = self._rides, []
        try:
            results = self._handle([each.task for each in batch], rides)
        except Exception as error:
            logger.warning("a batch of %d is redone one by one: %s", len(batch), _name(error))
            self._redo(batch)
            self._let_ride_alone(rides)
        else:
            for ride, result in zip(rides, results, strict=True):
                ride.future.set_result(result)
            for each in batch:
                each.submission.one_done()
            if rides:
                return
        self._committed()

    def _let_ride_alone(self, rides: Sequence[Ride[Any]]) -> None:
        self._rides = [ride for ride in self._rides if ride not in rides]
        for ride in rides:
            ride.execute(self._engine)

    def _redo(self, batch: Sequence[Waiting]) -> None:
        for place, each in enumerate(batch):
            try:
                self._handle_alone(each.task)
            except Exception as error:
                logger.error("the database failed: %s", _name(error))
                self._fail([*batch[place:], *self._waiting], error)
                self._waiting.clear()
                return
            each.submission.one_done()

    def _handle_alone(self, task: Task) -> None:
        """Handle one update, or set it aside; raises only what the database is to blame for."""
        failure: Exception
        for _ in range(ATTEMPTS):
            try:
                self._handle([task])
                return
            except Exception as error:
                if is_databases_fault(error):
                    raise
                failure = error
        logger.error("update %d is set aside: %s", task.received.update, _name(failure))
        transact(self._engine, lambda connection: self._intake.give_up(connection, task, failure))

    def _handle(self, tasks: Sequence[Task], rides: Sequence[Ride[Any]] = ()) -> list[Any]:
        """What the rides give, once all is committed."""

        def work(connection: Connection) -> list[Any]:
            self._intake.handle(connection, tasks)
            return [ride.function(connection) for ride in rides]

        return transact(self._engine, work)

    @staticmethod
    def _fail(waiting: Sequence[Waiting], error: Exception) -> None:
        for each in waiting:
            each.submission.fail(error)


def _name(error: Exception) -> str:
    # The words of an error may quote what a person wrote: they belong in the store, not in logs.
    return type(error).__name__
