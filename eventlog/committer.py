"""Commands that wait in one process are stored together: one lock, one commit, each its outcome.

Whoever finds nobody storing becomes the leader, takes what has gathered and stores it; the others
wait for their own outcome. The next leader is whoever waits longest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition

from eventlog.append import Append, Appended, AppendFailed

MAX_BATCH = 100
"""How many commands one transaction stores at most."""

MAX_WAITING = 1_000
"""How many commands may wait; one more is turned away."""


class QueueFull(Exception):
    """Too many commands wait already."""


class _Waiting:
    def __init__(self, append: Append) -> None:
        self.append = append
        self.outcome: Appended | Exception | None = None


class Committer:
    """Gathers appends and hands them to ``store`` in batches, oldest first."""

    def __init__(self, store: Callable[[Sequence[Append]], list[Appended | AppendFailed]]) -> None:
        self._store = store
        self._turn = Condition()
        self._queue: deque[_Waiting] = deque()
        self._storing = False

    def append(self, append: Append) -> Appended:
        """Store ``append`` whole; raises its failure, or what kept the batch from being stored."""
        mine = _Waiting(append)
        with self._turn:
            if len(self._queue) >= MAX_WAITING:
                raise QueueFull
            self._queue.append(mine)
        while (batch := self._batch_unless_done(mine)) is not None:
            self._lead(batch)
        if isinstance(mine.outcome, Appended):
            return mine.outcome
        assert mine.outcome is not None
        raise mine.outcome

    def _batch_unless_done(self, mine: _Waiting) -> list[_Waiting] | None:
        with self._turn:
            while self._storing and mine.outcome is None:
                self._turn.wait()
            if mine.outcome is not None:
                return None
            self._storing = True
            return [self._queue.popleft() for _ in range(min(len(self._queue), MAX_BATCH))]

    def _lead(self, batch: list[_Waiting]) -> None:
        outcomes: Sequence[Appended | Exception]
        try:
            outcomes = self._store([waiting.append for waiting in batch])
        except Exception as error:  # noqa: BLE001 - each waiting command raises it itself
            outcomes = [error] * len(batch)
        with self._turn:
            for waiting, outcome in zip(batch, outcomes, strict=True):
                waiting.outcome = outcome
            self._storing = False
            self._turn.notify_all()
