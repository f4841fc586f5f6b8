"""Units for a new claim: free ones as they stand, or after others made room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.buffers import Buffers
from domain.calendar.arrangement import arrange
from domain.calendar.extent import Extent, extent_of, moment_of
from domain.calendar.facts import CalendarEvent, UnitsReassigned
from domain.calendar.room import units_free
from domain.calendar.state import Calendar
from domain.refusals import NightsTaken, TooManyUnits
from domain.slot import Slot
from domain.stay import Stay


@dataclass(frozen=True)
class Asked:
    """What somebody wants to claim of a listing with ``capacity`` units."""

    listing_id: UUID
    capacity: int
    stay: Stay
    slot: Slot | None
    buffers: Buffers | None

    @property
    def extent(self) -> Extent:
        """What it would take of its units' time."""
        return extent_of(self.stay, self.slot, self.buffers)

    def free(self, calendar: Calendar, now: datetime) -> int:
        """How many units it may have, others making room."""
        taken = calendar.taken(self.stay, self.buffers, now)
        return units_free(taken, self.extent, self.capacity)

    def taken(self, calendar: Calendar, now: datetime) -> set[int]:
        """The units that can't serve it as they stand."""
        extent = self.extent
        near = calendar.taken(self.stay, self.buffers, now)
        return {unit for other, units in near if other.collides(extent) for unit in units}

    def refused(self, calendar: Calendar, wanted: int, now: datetime) -> NightsTaken:
        """Why it can't have ``wanted`` units."""
        nights: tuple[date, ...] = ()
        if self.slot is None:
            nights = calendar.full_nights(
                self.stay, capacity=self.capacity, wanted=wanted, now=now, buffers=self.buffers
            )
        # Each night alone may have room where all of them together have none.
        return NightsTaken(listing_id=self.listing_id, nights=nights or (*self.stay.nights(),))


def make_room(
    calendar: Calendar, asked: Asked, wanted: int, today: date, now: datetime
) -> tuple[tuple[int, ...], list[CalendarEvent]]:
    """Units for what is asked, and the moves of other claims that make them free.

    Raises TooManyUnits and NightsTaken.
    """
    if wanted > asked.capacity:
        raise TooManyUnits(units=wanted, maximum=asked.capacity)
    taken = asked.taken(calendar, now)
    free = [unit for unit in range(asked.capacity) if unit not in taken]
    if len(free) >= wanted:
        return tuple(free[:wanted]), []
    if asked.free(calendar, now) < wanted:
        raise asked.refused(calendar, wanted, now)
    # Who left before today and before what is asked for is in nobody's way.
    ahead = Stay(min(asked.stay.arrive, today), date.max)
    live = calendar.near(ahead, asked.buffers, now)
    begun = moment_of(now, today, asked.slot)
    arranged = arrange(live, asked.extent, wanted, asked.capacity, begun)
    if arranged is None:
        raise asked.refused(calendar, wanted, now)
    picked, others = arranged
    moves: list[CalendarEvent] = [
        UnitsReassigned(claim_id=claim.id, before=claim.units, after=others[claim.id])
        for claim in live
        if others[claim.id] != claim.units
    ]
    return picked, moves
