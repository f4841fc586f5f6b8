"""Finds units for claims so that no two that overlap share one.

Claims are taken in the order in which they begin, each keeping its units where it can. In that
order a claim meets only claims that hold its own first night, so it finds units whenever that
night has enough. Claims that have begun stay where they are: guests do not change rooms.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from heapq import heappop, heappush
from itertools import islice
from uuid import UUID

from domain.calendar.state import Claim
from domain.stay import Stay

Units = tuple[int, ...]


def arrange(
    claims: Iterable[Claim], stay: Stay, wanted: int, capacity: int, today: date
) -> tuple[Units, dict[UUID, Units]]:
    """Units for ``stay``, which has enough on every night, and for each of ``claims``."""
    begun: list[Claim] = []
    waiting: list[tuple[Stay, Claim | None]] = [(stay, None)]
    for claim in claims:
        if claim.stay.arrive <= today:
            begun.append(claim)
        else:
            waiting.append((claim.stay, claim))
    units = {claim.id: claim.units for claim in begun}
    newcomer: Units = ()
    present = _Present()
    for claim in begun:
        # What is over by now is in nobody's way, and another may have its unit.
        if claim.stay.depart > today:
            present.add(claim.stay.depart, claim.units)
    # At the same start the newcomer goes last, so that fewer move.
    for when, claim in sorted(waiting, key=lambda each: (each[0].arrive, each[1] is None)):
        if when.arrive > today:
            taken = present.on(when.arrive)
        else:
            taken = {unit for each in begun if each.stay.overlaps(when) for unit in each.units}
        own = claim.units if claim else ()
        chosen = _choose(own, len(own) if claim else wanted, capacity, taken)
        if when.depart > today:
            present.add(when.depart, chosen)
        if claim:
            units[claim.id] = chosen
        else:
            newcomer = chosen
    return newcomer, units


class _Present:
    """The units in use as the days go by: who leaves first is forgotten first."""

    def __init__(self) -> None:
        self._leaving: list[tuple[date, Units]] = []
        self._units: set[int] = set()

    def add(self, depart: date, units: Units) -> None:
        heappush(self._leaving, (depart, units))
        self._units.update(units)

    def on(self, night: date) -> set[int]:
        while self._leaving and self._leaving[0][0] <= night:
            self._units.difference_update(heappop(self._leaving)[1])
        return self._units


def _choose(own: Units, needed: int, capacity: int, taken: set[int]) -> Units:
    """``needed`` free units, ``own`` ones first."""
    kept = [unit for unit in own if unit not in taken]
    others = (unit for unit in range(capacity) if unit not in taken and unit not in own)
    chosen = [*kept[:needed], *islice(others, max(0, needed - len(kept)))]
    assert len(chosen) == needed, "every night has enough units"
    return tuple(sorted(chosen))
