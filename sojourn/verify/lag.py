"""Whether the read models reach the head of the log in time, and how far behind they are if not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from projections.applied import covers
from projections.unavailable import ReadModelMissing

PAUSE = 0.05


class Applied(Protocol):
    """How far a read model has come."""

    async def positions(self) -> dict[int, int]:
        """The applied position of each partition."""
        ...


async def catch_up(
    applied: Applied, heads: Mapping[int, int], patience: float
) -> dict[int, int] | None:
    """The applied positions once they cover ``heads``, or after ``patience`` seconds.

    None when there is no read model by then.
    """
    clock = asyncio.get_running_loop().time
    give_up = clock() + patience
    while True:
        try:
            positions = await applied.positions()
        except ReadModelMissing:
            positions = None
        if (positions is not None and covers(positions, heads)) or clock() >= give_up:
            return positions
        await asyncio.sleep(PAUSE)


def behind(applied: Mapping[int, int], heads: Mapping[int, int]) -> str | None:
    """How far behind ``applied`` is, in words; none when it is not."""
    lagging = {
        partition: head for partition, head in heads.items() if applied.get(partition, 0) < head
    }
    if not lagging:
        return None
    partition, head = max(lagging.items(), key=lambda each: each[1] - applied.get(each[0], 0))
    return (
        f"{len(lagging)} of {len(heads)} partitions are behind; partition {partition} is at"
        f" position {applied.get(partition, 0)} of {head}"
    )
