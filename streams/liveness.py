"""Whether a worker lives: not that its process runs, but that its committed offsets move."""

from __future__ import annotations

import time
from typing import Any

from faust.types import TP


class CommittedAge:
    """For how long the worst partition of ``app`` has had records to come and none committed."""

    def __init__(self, app: Any) -> None:
        self._app = app  # a faust.App, which is only half typed
        self._committed: dict[TP, int | None] = {}
        self._moved: dict[TP, float] = {}
        self.lag = 0
        """How many records are not committed yet, as of the last look."""

    def look(self) -> None:
        """Take note of what is committed now; call it from the app's event loop."""
        now = time.monotonic()
        assigned: set[TP] = set(self._app.consumer.assignment())
        lag = 0
        for partition in assigned:
            committed, held = self._at(partition)
            to_come = max((held or 0) - (committed or 0), 0)
            lag += to_come
            done = not to_come
            if done or self._committed.get(partition, -1) != committed:
                self._moved[partition] = now
            self._committed[partition] = committed
        self.lag = lag
        for gone in self._moved.keys() - assigned:
            del self._moved[gone]

    def settled(self, partition: TP) -> bool:
        """Whether all that the topic has of ``partition`` came to this worker and is committed."""
        if partition not in self._app.consumer.assignment():
            return False
        committed, held = self._at(partition)
        return committed is not None and held is not None and committed >= held

    def _at(self, partition: TP) -> tuple[int | None, int | None]:
        """Up to where it is committed, and up to where the topic has it; None is not known yet."""
        # Faust offers no other view of what it has committed.
        return (
            self._app.consumer._committed_offset[partition],  # noqa: SLF001
            self._app.consumer.highwater(partition),
        )

    def seconds(self) -> float:
        """The age; it grows even when nobody looks any more."""
        oldest = min(list(self._moved.values()), default=time.monotonic())
        return time.monotonic() - oldest
