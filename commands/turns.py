"""Commands on one calendar take turns within a process, so that they need not decide twice.

This is courtesy, not a guard: other processes know nothing of it, and the log refuses whatever was
decided on a calendar that has moved.
"""

from __future__ import annotations

from threading import Lock

STRIPES = 1_024
"""How many locks the calendars share: two calendars of one stripe wait for each other in vain."""


class Turns:
    """A command takes at most one turn, and gives it back when its outcome is known."""

    def __init__(self) -> None:
        self._locks = [Lock() for _ in range(STRIPES)]

    def take(self, stream: str, timeout: float) -> Lock | None:
        """The lock of ``stream``, held by the caller; none when its turn did not come in time."""
        lock = self._locks[hash(stream) % STRIPES]
        return lock if lock.acquire(timeout=timeout) else None
