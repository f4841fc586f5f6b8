"""Who gets which nights: decided on the calendar's own claims, never on anything older."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from domain.buffers import NO_BUFFERS, Buffers
from domain.calendar.facts import (
    BlockLifted,
    CalendarEvent,
    ClaimMoved,
    HoldConfirmed,
    HoldExtended,
    HoldLapsed,
    HoldReleased,
    NightsHeld,
    OfferHeld,
    RangeBlocked,
)
from domain.calendar.making_room import Asked, make_room
from domain.calendar.state import Calendar
from domain.refusals import NightsTaken, NoSuch
from domain.slot import Slot
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
    today: date,
    now: datetime,
    slot: Slot | None = None,
    buffers: Buffers = NO_BUFFERS,
) -> list[CalendarEvent]:
    """Claim ``units`` units for a booking; lapsed holds are released in the same step.

    A listing by the hour takes a ``slot``, and ``stay`` are the days it touches. Whatever fits the
    number of units at every moment, buffers counted, is accepted: claims that begin after
    ``today``, the listing's own date, or as slots after ``now``, move to other units where they
    must. Raises NightsTaken when too few units are free.
    """
    asked = Asked(listing_id, capacity, stay, slot, buffers)
    picked, moves = make_room(calendar, asked, units, today, now)
    held = NightsHeld(
        listing_id=listing_id,
        claim_id=claim_id,
        booking_id=booking_id,
        guest_id=guest_id,
        stay=stay,
        units=picked,
        until=until,
        slot=slot,
        buffers=buffers,
    )
    return [*tidy(calendar, now), *moves, held]


def hold_for_offer(  # noqa: PLR0913 - an offer is made of these
    calendar: Calendar,
    *,
    listing_id: UUID,
    capacity: int,
    claim_id: UUID,
    guest_id: UUID,
    stay: Stay,
    units: int,
    until: datetime,
    today: date,
    now: datetime,
    slot: Slot | None = None,
    buffers: Buffers = NO_BUFFERS,
) -> list[CalendarEvent]:
    """Claim ``units`` units for a guest of the waitlist; raises NightsTaken as :func:`hold` does.

    Holds that have lapsed are released in the same step by whoever offers.
    """
    asked = Asked(listing_id, capacity, stay, slot, buffers)
    picked, moves = make_room(calendar, asked, units, today, now)
    held = OfferHeld(
        listing_id=listing_id,
        claim_id=claim_id,
        guest_id=guest_id,
        stay=stay,
        units=picked,
        until=until,
        slot=slot,
        buffers=buffers,
    )
    return [*moves, held]


def block(  # noqa: PLR0913 - a block is made of these
    calendar: Calendar,
    *,
    listing_id: UUID,
    capacity: int,
    claim_id: UUID,
    stay: Stay,
    units: int | None,
    reason: str | None,
    today: date,
    now: datetime,
    slot: Slot | None = None,
) -> list[CalendarEvent]:
    """Take ``units`` units, or all that are free, off the market.

    For a listing by the hour ``slot`` is what the days of ``stay`` are there. A block keeps no
    distance from guests. Raises NightsTaken when fewer than that, or none, are free all the time.
    """
    asked = Asked(listing_id, capacity, stay, slot, None)
    wanted = max(asked.free(calendar, now), 1) if units is None else units
    picked, moves = make_room(calendar, asked, wanted, today, now)
    blocked = RangeBlocked(
        listing_id=listing_id,
        claim_id=claim_id,
        stay=stay,
        units=picked,
        reason=reason,
        slot=slot,
    )
    return [*tidy(calendar, now), *moves, blocked]


def move(  # noqa: PLR0913 - a move is made of these
    calendar: Calendar,
    *,
    listing_id: UUID,
    capacity: int,
    claim_id: UUID,
    guest_id: UUID,
    stay: Stay,
    units: int,
    today: date,
    now: datetime,
    slot: Slot | None = None,
    buffers: Buffers = NO_BUFFERS,
) -> list[CalendarEvent]:
    """Give a booking's claim other nights in one step; it does not stand in its own way.

    It keeps its units where it can. Raises NightsTaken as :func:`hold` does, and NoSuch for a claim
    that is gone.
    """
    claim = calendar.claim(claim_id)
    if claim is None or claim.booking_id is None or not claim.live_at(now):
        raise NoSuch(what="claim", id=str(claim_id))
    others = calendar.without(claim)
    asked = Asked(listing_id, capacity, stay, slot, buffers)
    picked, moves = claim.units, list[CalendarEvent]()
    if len(claim.units) != units or asked.taken(others, now) & set(claim.units):
        picked, moves = make_room(others, asked, units, today, now)
    moved = ClaimMoved(
        listing_id=listing_id,
        claim_id=claim_id,
        booking_id=claim.booking_id,
        guest_id=guest_id,
        stay=stay,
        units=picked,
        until=claim.until,
        slot=slot,
        buffers=buffers,
    )
    return [*tidy(others, now), *moves, moved]


def lift(calendar: Calendar, claim_id: UUID) -> list[CalendarEvent]:
    """Put a block's nights back on the market; raises NoSuch when it is none."""
    claim = calendar.claim(claim_id)
    if claim is None or claim.kind != "block":
        raise NoSuch(what="block", id=str(claim_id))
    return [BlockLifted(claim_id=claim_id)]


def extend(calendar: Calendar, claim_id: UUID, until: datetime) -> list[CalendarEvent]:
    """Move a hold's end."""
    return [HoldExtended(claim_id=claim_id, until=until)] if calendar.claim(claim_id) else []


def confirm(calendar: Calendar, claim_id: UUID) -> list[CalendarEvent]:
    """Make a hold a claim without an end."""
    return [HoldConfirmed(claim_id=claim_id)] if calendar.claim(claim_id) else []


def release(calendar: Calendar, claim_id: UUID) -> list[CalendarEvent]:
    """Give a booking's nights back; nothing to give, nothing happens."""
    return [HoldReleased(claim_id=claim_id)] if calendar.claim(claim_id) else []


def reclaim(  # noqa: PLR0913 - as a hold
    calendar: Calendar,
    *,
    listing_id: UUID,
    capacity: int,
    booking_id: UUID,
    guest_id: UUID,
    stay: Stay,
    units: int,
    today: date,
    now: datetime,
    slot: Slot | None = None,
    buffers: Buffers = NO_BUFFERS,
) -> list[CalendarEvent]:
    """Make a booking's claim one without an end, claiming the nights again if its hold lapsed.

    Raises NightsTaken when somebody else has them by now, or when they have begun.
    """
    claim = calendar.claim(booking_id)
    if claim and claim.live_at(now):
        return confirm(calendar, booking_id)
    if stay.arrive < today or (slot and slot.starts_at <= now):
        raise NightsTaken(listing_id=listing_id, nights=tuple(stay.nights()))
    held = hold(
        calendar,
        listing_id=listing_id,
        capacity=capacity,
        claim_id=booking_id,
        booking_id=booking_id,
        guest_id=guest_id,
        stay=stay,
        units=units,
        until=now,
        today=today,
        now=now,
        slot=slot,
        buffers=buffers,
    )
    return [*held, HoldConfirmed(claim_id=booking_id)]


def tidy(calendar: Calendar, now: datetime) -> list[CalendarEvent]:
    """Release every hold that has lapsed at ``now``."""
    return [HoldLapsed(claim_id=claim.id) for claim in calendar.lapsed(now)]
