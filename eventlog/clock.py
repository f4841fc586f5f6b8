"""Postgres's time without asking each time: its last answer, and what has passed since.

It is never ahead of the real one, as an answer is older than its arrival, and behind by no more
than the quickest of the last half second's answers took.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic

STALE_AFTER = 1.0
"""Seconds after which an answer is too old to reckon from."""


REPLACED_AFTER = 0.5
"""Seconds after which any answer is taken for a newer one, so that under traffic none gets old."""


class DatabaseClock:
    """Reckons from answers that are noted, and asks when the last one is too old."""

    def __init__(
        self, ask: Callable[[], datetime], passed: Callable[[], float] = monotonic
    ) -> None:
        self._ask = ask
        self._passed = passed
        self._lock = Lock()
        self._answer: tuple[datetime, float] | None = None
        self._told: datetime | None = None

    def note(self, answer: datetime) -> None:
        """Take into account what Postgres has just said."""
        at = self._passed()
        with self._lock:
            if self._answer and at - self._answer[1] < REPLACED_AFTER:
                said, then = self._answer
                if answer <= said + timedelta(seconds=at - then):
                    return
            self._answer = (answer, at)

    def fresh(self) -> bool:
        """Whether it can tell the time without asking."""
        answer = self._answer
        return answer is not None and self._passed() - answer[1] < STALE_AFTER

    def now(self) -> datetime:
        """The time; it does not go back, unless Postgres's own does by a second or more."""
        with self._lock:
            answer = self._answer
        if answer is None or self._passed() - answer[1] >= STALE_AFTER:
            self.note(self._ask())
        with self._lock:
            assert self._answer is not None, "an answer was just noted"
            said, then = self._answer
            reckoned = said + timedelta(seconds=self._passed() - then)
            if self._told and timedelta(0) < self._told - reckoned < timedelta(seconds=1):
                return self._told
            self._told = reckoned
            return reckoned
