"""How many units of a listing are free, buffers counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.calendar.extent import Extent

Taken = tuple[Extent, tuple[int, ...]]
"""The units that a claim takes, and for how long."""


def units_free(taken: Iterable[Taken], asked: Extent, capacity: int) -> int:
    """How many of ``capacity`` units ``asked`` may have among those that are ``taken``.

    Either as they stand, or, where that gives more, as many as are free at each moment: then others
    can make room.
    """
    units: set[int] = set()
    edges: list[tuple[datetime, int]] = []
    busy = asked.busy
    for extent, own in taken:
        if extent.collides(asked):
            units.update(own)
        held = extent.busy
        if held.overlaps(busy):
            edges += [(max(held.start, busy.start), len(own)), (held.end, -len(own))]
    deepest = depth = 0
    for _, change in sorted(edges):
        depth += change
        deepest = max(deepest, depth)
    return max(capacity - len(units), capacity - deepest, 0)
