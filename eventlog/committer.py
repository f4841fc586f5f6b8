"""Commands that wait in one process are stored together: one lock, one commit, each its outcome.

Whoever finds nobody storing becomes the leader, takes what has gathered and stores it; the others
wait for their own outcome. The next leader is whoever waits longest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Lock

from eventlog.append import Append, Appended, AppendFailed

MAX_BATCH = 100
"""How many commands one transaction stores at most."""

MAX_WAITING = 1_000
"""How many commands may wait; one more is turned away."""


class QueueFull(Exception):
    """Too many commands wait already."""


class Waiting:
    """An append in the queue; whoever put it there must ask for its outcome."""

    def __init__(self, append: Append) -> None:
        self.append = append
        self.outcome: Appended | Exception | None = None
        self.called = Event()
        """Set when the outcome is known, or when it is this one's turn to lead."""
        self.known = Event()


class Committer:
    """Gathers appends and hands them to ``store`` in batches, oldest first."""

    def __init__(self, store: Callable[[Sequence[Append]], list[Appended | AppendFailed]]) -> None:
        self._store = store
        self._lock = Lock()
        self._queue: deque[Waiting] = deque()
        self._last: Waiting | None = None
        self._storing = False

    def append(self, append: Append) -> Appended:
        """Store ``append`` whole; raises its failure, or what kept the batch from being stored."""
        return self.outcome(self.enqueue(append))

    def enqueue(self, append: Append) -> Waiting:
        """Give ``append`` its place: what is enqueued later is stored later. Raises QueueFull."""
        mine = Waiting(append)
        with self._lock:
            if len(self._queue) >= MAX_WAITING:
                raise QueueFull
            self._queue.append(mine)
            self._last = mine
        return mine

    def outcome(self, mine: Waiting) -> Appended:
        """What became of it, leading a batch if nobody else does; raises as :meth:`append`."""
        with self._lock:
            leading = not self._storing
            self._storing = True
        while mine.outcome is None:
            if leading:
                self._lead(mine)
                leading = False
                continue
            mine.called.wait()
            leading = mine.outcome is None
            mine.called.clear()
        if isinstance(mine.outcome, Appended):
            return mine.outcome
        raise mine.outcome

    def settle(self) -> None:
        """Wait until the outcome of everything that is in the queue now is known."""
        with self._lock:
            last = self._last
        if last:
            last.known.wait()

    def _lead(self, leader: Waiting) -> None:
        with self._lock:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), MAX_BATCH))]
        outcomes: Sequence[Appended | Exception]
        try:
            outcomes = self._store([waiting.append for waiting in batch])
        except Exception as error:  # noqa: BLE001 - each waiting command raises it itself
            outcomes = [error] * len(batch)
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.outcome = outcome
            waiting.known.set()
            if waiting is not leader:
                waiting.called.set()
        with self._lock:
            following = self._queue[0] if self._queue else None
            self._storing = following is not None
        if following:
            following.called.set()
