"""Who gets which nights: decided on the calendar's own claims, never on anything older."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.calendar.facts import (
    BlockLifted,
    CalendarEvent,
    HoldConfirmed,
    HoldExtended,
    HoldLapsed,
    HoldReleased,
    NightsHeld,
    RangeBlocked,
)
from domain.calendar.state import Calendar
from domain.refusals import NightsTaken, NoSuch, TooManyUnits
from domain.stay import Stay


def hold(  # noqa: PLR0913 - a hold is made of these
    calendar: Calendar,
    *,
    listing_id: UUID,
    capacity: int,
    claim_id: UUID,
    booking_id: UUID,
    guest_id: UUID,
    stay: Stay,
    units: int,
    until: datetime,
    now: datetime,
) -> list[CalendarEvent]:
    """Claim ``units`` units for a booking; lapsed holds are released in the same step.

    Raises NightsTaken when fewer units are free over the whole stay.
    """
    held = NightsHeld(
        listing_id=listing_id,
        claim_id=claim_id,
        booking_id=booking_id,
        guest_id=guest_id,
        stay=stay,
        units=_pick(calendar, listing_id, capacity, stay, units, now),
        until=until,
    )
    return [*tidy(calendar, now), held]


def block(
    calendar: Calendar,
    *,
    listing_id: UUID,
    capacity: int,
    claim_id: UUID,
    stay: Stay,
    units: int | None,
    reason: str | None,
    now: datetime,
) -> list[CalendarEvent]:
    """Take ``units`` units, or all that are free, off the market.

    Raises NightsTaken when fewer than that, or none, are free over the whole range.
    """
    free = capacity - len(calendar.taken_units(stay, now) & set(range(capacity)))
    wanted = units if units is not None else max(free, 1)
    blocked = RangeBlocked(
        listing_id=listing_id,
        claim_id=claim_id,
        stay=stay,
        units=_pick(calendar, listing_id, capacity, stay, wanted, now),
        reason=reason,
    )
    return [*tidy(calendar, now), blocked]


def lift(calendar: Calendar, claim_id: UUID) -> list[CalendarEvent]:
    """Put a block's nights back on the market; raises NoSuch when it is none."""
    claim = calendar.claims.get(claim_id)
    if claim is None or claim.kind != "block":
        raise NoSuch(what="block", id=str(claim_id))
    return [BlockLifted(claim_id=claim_id)]


def extend(calendar: Calendar, claim_id: UUID, until: datetime) -> list[CalendarEvent]:
    """Move a hold's end."""
    return [HoldExtended(claim_id=claim_id, until=until)] if claim_id in calendar.claims else []


def confirm(calendar: Calendar, claim_id: UUID) -> list[CalendarEvent]:
    """Make a hold a claim without an end."""
    return [HoldConfirmed(claim_id=claim_id)] if claim_id in calendar.claims else []


def release(calendar: Calendar, claim_id: UUID) -> list[CalendarEvent]:
    """Give a booking's nights back; nothing to give, nothing happens."""
    return [HoldReleased(claim_id=claim_id)] if claim_id in calendar.claims else []


def tidy(calendar: Calendar, now: datetime) -> list[CalendarEvent]:
    """Release every hold that has lapsed at ``now``."""
    return [HoldLapsed(claim_id=claim.id) for claim in calendar.lapsed(now)]


def _pick(
    calendar: Calendar, listing_id: UUID, capacity: int, stay: Stay, wanted: int, now: datetime
) -> tuple[int, ...]:
    if wanted > capacity:
        raise TooManyUnits(units=wanted, maximum=capacity)
    taken = calendar.taken_units(stay, now)
    free = [unit for unit in range(capacity) if unit not in taken]
    if len(free) < wanted:
        full = (
            night
            for night in stay.nights()
            if capacity - calendar.units_taken_on(night, now) < wanted
        )
        # Each night may have a free unit while no unit has all of them free.
        raise NightsTaken(listing_id=listing_id, nights=tuple(full) or tuple(stay.nights()))
    return tuple(free[:wanted])
