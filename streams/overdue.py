"""Which partitions stand still although the topic has more of them than is applied.

A record that comes tells by its ``previous`` what did not come before it. The last record of a
partition has none behind it that could tell, so the worker compares with what the relay has proven
to be in the topic.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from projections.applied import Positions
from streams.batch import Gap

PATIENCE: Final = 5.0
"""Seconds that a partition must stand still; what is on its way takes milliseconds."""


@dataclass(frozen=True)
class _Standing:
    """A partition that was at ``applied``, and should have come to ``published``, at ``since``."""

    applied: int
    published: int
    since: float


class Overdue:
    """Looks at each partition once in a while.

    ``published`` asks for the position of the last event of each partition that the topic has, and
    may block. ``settled`` says that the topic has nothing more of a partition for this worker: what
    only comes late is not read twice. ``clock`` counts seconds.
    """

    def __init__(
        self,
        published: Callable[[], Positions],
        settled: Callable[[int], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._published = published
        self._settled = settled
        self._clock = clock
        self._standing: dict[int, _Standing] = {}

    async def look(self, applied: Positions) -> dict[int, Gap]:
        """What must come from the log, as it won't by itself.

        These partitions are settled, and did not move for :data:`PATIENCE` seconds. ``applied`` is
        how far each one is.
        """
        published = await asyncio.to_thread(self._published)
        now, before = self._clock(), self._standing
        self._standing = {
            partition: _Standing(at, upto, now)
            for partition, upto in published.items()
            if (at := applied.get(partition, 0)) < upto and self._settled(partition)
        }
        gaps: dict[int, Gap] = {}
        for partition, found in self._standing.items():
            first = before.get(partition)
            if first and first.applied == found.applied:
                self._standing[partition] = first
                if now - first.since >= PATIENCE:
                    gaps[partition] = Gap(first.applied, first.published)
        return gaps
