"""Commands that wait in one process are stored together: one lock, one commit, each its outcome.

One thread stores what has gathered while it stored the batch before, oldest first. Whoever waits
for an outcome is told it in its own thread or, once a batch, in its own event loop. An event loop
that has requests at hand decides them all before a batch is taken: it costs the same whether one
command is in it or ten, and the loop waits for the interpreter while the thread has it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Event, Lock, Thread
from time import monotonic
from typing import Generic, TypeVar

from eventlog.append import Appended, AppendFailed, TooLate

MAX_BATCH = 100
"""How many commands one transaction stores at most."""

MAX_WAITING = 1_000
"""How many commands may wait; one more is turned away."""

TURN = 0.01
"""For how many seconds at most a thread that is awake holds a batch back for a loop that is busy.

A command that finds it idle waits for its own loop as long as that takes, where its answer would
wait just as long; whoever blocks waits for no loop.
"""

T = TypeVar("T")
_Future = asyncio.Future[None]


class QueueFull(Exception):
    """Too many commands wait already."""


class Waiting(Generic[T]):
    """An append in the queue, and its outcome once that is known."""

    __slots__ = ("_event", "_future", "_lock", "append", "deadline", "outcome")

    def __init__(self, append: T, deadline: float | None) -> None:
        self.append = append
        self.deadline = deadline
        self.outcome: Appended | Exception | None = None
        self._lock = Lock()
        self._event: Event | None = None
        self._future: _Future | None = None

    def wait(self) -> None:
        """Block until the outcome is known."""
        with self._lock:
            if self.outcome is not None:
                return
            event = self._event = self._event or Event()
        event.wait()

    async def known(self) -> None:
        """Let others run until the outcome is known; one task may ask, and may be cancelled."""
        with self._lock:
            if self.outcome is not None:
                return
            self._future = future = asyncio.get_running_loop().create_future()
        await future

    def tell(self, outcome: Appended | Exception) -> _Future | None:
        """Make ``outcome`` known, but in an event loop: the future there is the caller's to set."""
        with self._lock:
            self.outcome = outcome
            if self._event:
                self._event.set()
            return self._future


class Committer(Generic[T]):
    """Gathers appends and hands them to ``store`` in batches, oldest first.

    Those that are too late are handed to ``forgo`` instead, before what comes after them is stored.
    """

    def __init__(
        self,
        store: Callable[[Sequence[T]], list[Appended | AppendFailed]],
        forgo: Callable[[T], object] = lambda _late: None,
    ) -> None:
        self._store = store
        self._forgo = forgo
        self._gathered = Condition()
        self._queue: deque[Waiting[T]] = deque()
        self._last: Waiting[T] | None = None
        self._thread: Thread | None = None
        self._idle = False
        self._due = 0
        self._closed = False

    def append(self, append: T) -> Appended:
        """Store ``append`` whole; raises its failure, or what kept the batch from being stored."""
        return self.outcome(self.enqueue(append))

    def enqueue(self, append: T, deadline: float | None = None) -> Waiting[T]:
        """Give ``append`` its place: what is enqueued later is stored later. Raises QueueFull.

        If its turn comes after ``deadline``, by the monotonic clock, it is not stored any more.
        """
        mine = Waiting(append, deadline)
        with self._gathered:
            if len(self._queue) >= MAX_WAITING or self._closed:
                raise QueueFull
            self._queue.append(mine)
            self._last = mine
            if self._thread is None:
                self._thread = Thread(target=self._run, name="committer", daemon=True)
                self._thread.start()
            if (loop := _running_loop()) is None:
                self._due = 0
                if self._idle:
                    self._gathered.notify()
            elif self._idle or not self._due:
                # A turn that is due may be one of a loop that is gone: nobody idle relies on it.
                self._idle = False
                self._due += 1
                loop.call_soon(self._had_its_turn)
        return mine

    def _hurry(self) -> None:
        """Wait for no loop's turn: somebody blocks, perhaps that very loop."""
        with self._gathered:
            self._due = 0
            self._gathered.notify()

    def _had_its_turn(self) -> None:
        with self._gathered:
            self._due = max(self._due - 1, 0)
            if self._queue:
                self._gathered.notify()

    def outcome(self, mine: Waiting[T]) -> Appended:
        """What became of it, waiting if need be; raises as :meth:`append`."""
        if mine.outcome is None:
            self._hurry()
            mine.wait()
        if isinstance(mine.outcome, Appended):
            return mine.outcome
        assert mine.outcome is not None, "it was waited for"
        raise mine.outcome

    def settle(self) -> None:
        """Wait until the outcome of everything that is in the queue now is known."""
        with self._gathered:
            last = self._last
        if last and last.outcome is None:
            self._hurry()
            last.wait()

    def close(self) -> None:
        """Store what is in the queue, and take nothing more."""
        with self._gathered:
            self._closed = True
            self._gathered.notify()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while batch := self._gather():
            now = monotonic()
            late = [each for each in batch if each.deadline is not None and each.deadline < now]
            for each in late:
                self._forgo(each.append)
            self._tell(late, [TooLate()] * len(late))
            timely = [each for each in batch if each.outcome is None] if late else batch
            if timely:
                self._store_and_tell(timely)

    def _gather(self) -> list[Waiting[T]]:
        with self._gathered:
            while not self._queue and not self._closed:
                self._idle = True
                self._gathered.wait()
            self._idle = False
            self._gathered.wait_for(lambda: not self._due or self._closed, TURN)
            return [self._queue.popleft() for _ in range(min(len(self._queue), MAX_BATCH))]

    def _store_and_tell(self, batch: Sequence[Waiting[T]]) -> None:
        outcomes: Sequence[Appended | Exception]
        try:
            outcomes = self._store([waiting.append for waiting in batch])
        except Exception as error:  # noqa: BLE001 - each waiting command raises it itself
            outcomes = [error] * len(batch)
        self._tell(batch, outcomes)

    def _tell(self, batch: Sequence[Waiting[T]], outcomes: Sequence[Appended | Exception]) -> None:
        loops: dict[asyncio.AbstractEventLoop, list[_Future]] = {}
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if future := waiting.tell(outcome):
                loops.setdefault(future.get_loop(), []).append(future)
        with self._gathered:
            self._due = len(loops)
        for loop, futures in loops.items():
            try:
                loop.call_soon_threadsafe(self._resolve, futures)
            except RuntimeError:  # a loop that was closed has nobody waiting in it
                self._had_its_turn()

    def _resolve(self, futures: Sequence[_Future]) -> None:
        for future in futures:
            if not future.done():
                future.set_result(None)
        self._had_its_turn()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
