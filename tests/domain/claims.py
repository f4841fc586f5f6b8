"""Claims of every kind of listing for histories that Hypothesis makes up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from domain.buffers import DAY, NO_BUFFERS, Buffers
from domain.calendar.extent import Extent
from domain.calendar.state import Calendar
from domain.kind import Kind
from domain.slot import Slot, whole_days
from domain.stay import Stay
from tests.domain.facts import NOW

TODAY = NOW.date()
MIDNIGHT = datetime.combine(TODAY, datetime.min.time(), tzinfo=UTC)


def range_of(kind: Kind, first: int, length: int) -> tuple[Stay, Slot | None]:
    """From ``first`` days, or half hours, behind today's beginning on; zones are UTC's."""
    if kind == "slot":
        starts_at = MIDNIGHT + timedelta(hours=12, minutes=30 * first)
        slot = Slot(starts_at, starts_at + timedelta(minutes=30 * length))
        return slot.days("UTC"), slot
    arrive = TODAY + timedelta(days=first)
    return Stay(arrive, arrive + timedelta(days=length)), None


def block_of(kind: Kind, first: int, length: int) -> tuple[Stay, Slot | None]:
    """Whole days, as blocks are."""
    days, _ = range_of("stay", first, length)
    return days, whole_days(days, "UTC") if kind == "slot" else None


def buffers_of(kind: Kind, before: int, after: int) -> Buffers:
    """So many days, or half hours."""
    unit = 30 if kind == "slot" else DAY
    return Buffers(before=before * unit, after=after * unit) if before or after else NO_BUFFERS


def collisions(calendar: Calendar, now: datetime) -> list[tuple[Extent, Extent]]:
    """The live neighbours on a unit that overlap or come closer than the greater buffer."""
    found: list[tuple[Extent, Extent]] = []
    by_unit: dict[int, list[Extent]] = {}
    for claim in calendar.live(now):
        for unit in claim.units:
            by_unit.setdefault(unit, []).append(claim.extent)
    for extents in by_unit.values():
        for one, other in pairwise(sorted(extents, key=lambda extent: extent.start)):
            gap = timedelta(0)
            if one.buffers is not None and other.buffers is not None:
                gap = timedelta(minutes=max(one.buffers.after, other.buffers.before))
            if other.start < one.end + gap:
                found.append((one, other))
    return found


def fits_somehow(
    placed: Sequence[tuple[Extent, set[int]]],
    waiting: Sequence[tuple[Extent, int]],
    capacity: int,
) -> bool:
    """Whether any choice of units serves all of ``waiting`` beside ``placed``: tries them all."""
    if not waiting:
        return True
    (extent, wanted), *others = waiting
    taken = {unit for other, own in placed if other.collides(extent) for unit in own}
    free = [unit for unit in range(capacity) if unit not in taken]
    return any(
        fits_somehow([*placed, (extent, chosen)], others, capacity)
        for chosen in _choices(free, wanted)
    )


def _choices(free: Sequence[int], wanted: int) -> list[set[int]]:
    if wanted == 0:
        return [set()]
    return [
        {unit, *more}
        for index, unit in enumerate(free)
        for more in _choices(free[index + 1 :], wanted - 1)
    ]
