"""Finds units for claims so that no two that collide share one.

Claims are taken in the order in which they begin, each keeping its units where it can. In that
order a claim meets only claims that are busy when it begins, so where all buffers are alike it
finds units whenever that moment has enough. Claims that have begun stay where they are: guests do
not change rooms.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import islice
from uuid import UUID

from domain.calendar.extent import Extent, later
from domain.calendar.state import Claim

Units = tuple[int, ...]


def arrange(
    claims: Iterable[Claim], asked: Extent, wanted: int, capacity: int, begun: datetime
) -> tuple[Units, dict[UUID, Units]] | None:
    """Units for ``asked`` and for each of ``claims``; none when this order finds too few.

    Claims that start at ``begun`` or before stay. None is found only where time in the past is
    asked for, or where claims have other buffers than ``asked``.
    """
    units: dict[UUID, Units] = {}
    here: list[tuple[Extent, Units]] = []
    waiting: list[tuple[Extent, Claim | None]] = [(asked, None)]
    for claim in claims:
        if (extent := claim.extent).start <= begun:
            here.append((extent, claim.units))
            units[claim.id] = claim.units
        else:
            waiting.append((extent, claim))
    gaps = {(extent.gap, extent.buffers) for extent, _ in (*here, *waiting)}
    gap = max(each for each, _ in gaps)
    present = _Present(gap, alike=not gap or len(gaps) == 1)
    for extent, own in here:
        # What is over by now is in nobody's way, and another may have its unit.
        if later(extent.end, present.gap) > begun:
            present.add(extent, own)
    newcomer: Units = ()
    # At the same start the newcomer goes last, so that fewer move.
    for extent, claim in sorted(waiting, key=lambda each: (each[0].start, each[1] is None)):
        if extent.start > begun:
            taken = present.colliding(extent)
        else:
            taken = {unit for other, own in here if other.collides(extent) for unit in own}
        own = claim.units if claim else ()
        chosen = _choose(own, len(own) if claim else wanted, capacity, taken)
        if chosen is None:
            return None
        if later(extent.end, present.gap) > begun:
            present.add(extent, chosen)
        if claim:
            units[claim.id] = chosen
        else:
            newcomer = chosen
    return newcomer, units


class _Present:
    """The units in use as time goes by: who can't collide any more is forgotten.

    ``alike`` says that all keep the same buffers, blocks none: then no two who are present share a
    unit, and whoever comes collides with each of them.
    """

    def __init__(self, gap: timedelta, *, alike: bool) -> None:
        self.gap = gap
        self._alike = alike
        self._leaving: list[tuple[datetime, int, Extent, Units]] = []
        self._units: set[int] = set()
        self._seen = 0

    def add(self, extent: Extent, units: Units) -> None:
        self._seen += 1
        heappush(self._leaving, (later(extent.end, self.gap), self._seen, extent, units))
        self._units.update(units)

    def colliding(self, extent: Extent) -> set[int]:
        while self._leaving and self._leaving[0][0] <= extent.start:
            _, _, _, units = heappop(self._leaving)
            if self._alike:
                self._units.difference_update(units)
        if self._alike:
            return self._units
        return {
            unit for _, _, other, own in self._leaving if other.collides(extent) for unit in own
        }


def _choose(own: Units, needed: int, capacity: int, taken: set[int]) -> Units | None:
    """``needed`` free units, ``own`` ones first."""
    kept = [unit for unit in own if unit not in taken]
    others = (unit for unit in range(capacity) if unit not in taken and unit not in own)
    chosen = [*kept[:needed], *islice(others, max(0, needed - len(kept)))]
    return tuple(sorted(chosen)) if len(chosen) == needed else None
