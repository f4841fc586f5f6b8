"""Finds units for claims so that no two that overlap share one.

Claims are taken in the order in which they begin, each keeping its units where it can. In that
order a claim meets only claims that hold its own first night, so it finds units whenever that
night has enough. Claims that have begun stay where they are: guests do not change rooms.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from domain.calendar.state import Claim
from domain.stay import Stay

Units = tuple[int, ...]


def arrange(
    claims: Iterable[Claim], stay: Stay, wanted: int, capacity: int, today: date
) -> tuple[Units, dict[UUID, Units]]:
    """Units for ``stay``, which has enough on every night, and for each of ``claims``."""
    placed: list[tuple[Stay, Units]] = []
    units: dict[UUID, Units] = {}
    movable: list[Claim] = []
    for claim in claims:
        if claim.stay.arrive <= today:
            placed.append((claim.stay, claim.units))
            units[claim.id] = claim.units
        else:
            movable.append(claim)
    newcomer: Units = ()
    waiting: list[tuple[Stay, Claim | None]] = [(stay, None)]
    waiting += [(claim.stay, claim) for claim in movable]
    # At the same start the newcomer goes last, so that fewer move.
    for when, claim in sorted(waiting, key=lambda each: (each[0].arrive, each[1] is None)):
        taken = {unit for other, own in placed if other.overlaps(when) for unit in own}
        own = claim.units if claim else ()
        free = [unit for unit in own if unit not in taken]
        free += [unit for unit in range(capacity) if unit not in taken and unit not in own]
        needed = len(own) if claim else wanted
        assert len(free) >= needed, "every night has enough units"
        chosen = tuple(sorted(free[:needed]))
        placed.append((when, chosen))
        if claim:
            units[claim.id] = chosen
        else:
            newcomer = chosen
    return newcomer, units
