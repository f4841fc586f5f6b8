"""Who gets which nights: decided on the calendar's own claims, never on anything older."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from domain.calendar.arrangement import arrange
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
    UnitsReassigned,
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
    today: date,
    now: datetime,
) -> list[CalendarEvent]:
    """Claim ``units`` units for a booking; lapsed holds are released in the same step.

    Whatever fits the number of units every night is accepted: claims that begin after ``today``,
    the listing's own date, move to other units where they must. Raises NightsTaken when too few
    units are free on some night.
    """
    picked, moves = _make_room(calendar, listing_id, capacity, stay, units, today, now)
    held = NightsHeld(
        listing_id=listing_id,
        claim_id=claim_id,
        booking_id=booking_id,
        guest_id=guest_id,
        stay=stay,
        units=picked,
        until=until,
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
) -> list[CalendarEvent]:
    """Claim ``units`` units for a guest of the waitlist; raises NightsTaken as :func:`hold` does.

    Holds that have lapsed are released in the same step by whoever offers.
    """
    picked, moves = _make_room(calendar, listing_id, capacity, stay, units, today, now)
    held = OfferHeld(
        listing_id=listing_id,
        claim_id=claim_id,
        guest_id=guest_id,
        stay=stay,
        units=picked,
        until=until,
    )
    return [*moves, held]


def block(
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
) -> list[CalendarEvent]:
    """Take ``units`` units, or all that are free, off the market.

    Raises NightsTaken when fewer than that, or none, are free over the whole range.
    """
    wanted = units
    if wanted is None:
        wanted = next(
            count
            for count in range(capacity, 0, -1)
            if count == 1
            or not calendar.full_nights(stay, capacity=capacity, wanted=count, now=now)
        )
    picked, moves = _make_room(calendar, listing_id, capacity, stay, wanted, today, now)
    blocked = RangeBlocked(
        listing_id=listing_id,
        claim_id=claim_id,
        stay=stay,
        units=picked,
        reason=reason,
    )
    return [*tidy(calendar, now), *moves, blocked]


def move(
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
) -> list[CalendarEvent]:
    """Give a booking's claim other nights in one step; it does not stand in its own way.

    It keeps its units where it can. Raises NightsTaken as :func:`hold` does, and NoSuch for a claim
    that is gone.
    """
    claim = calendar.claims.get(claim_id)
    if claim is None or claim.booking_id is None or not claim.live_at(now):
        raise NoSuch(what="claim", id=str(claim_id))
    others = Calendar(
        claims={key: each for key, each in calendar.claims.items() if key != claim_id}
    )
    picked, moves = claim.units, list[CalendarEvent]()
    if len(claim.units) != units or others.taken_units(stay, now) & set(claim.units):
        picked, moves = _make_room(others, listing_id, capacity, stay, units, today, now)
    moved = ClaimMoved(
        listing_id=listing_id,
        claim_id=claim_id,
        booking_id=claim.booking_id,
        guest_id=guest_id,
        stay=stay,
        units=picked,
        until=claim.until,
    )
    return [*tidy(others, now), *moves, moved]


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


def reclaim(
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
) -> list[CalendarEvent]:
    """Make a booking's claim one without an end, claiming the nights again if its hold lapsed.

    Raises NightsTaken when somebody else has them by now, or when they have begun.
    """
    claim = calendar.claims.get(booking_id)
    if claim and claim.live_at(now):
        return confirm(calendar, booking_id)
    if stay.arrive < today:
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
    )
    return [*held, HoldConfirmed(claim_id=booking_id)]


def tidy(calendar: Calendar, now: datetime) -> list[CalendarEvent]:
    """Release every hold that has lapsed at ``now``."""
    return [HoldLapsed(claim_id=claim.id) for claim in calendar.lapsed(now)]


def _make_room(
    calendar: Calendar,
    listing_id: UUID,
    capacity: int,
    stay: Stay,
    wanted: int,
    today: date,
    now: datetime,
) -> tuple[tuple[int, ...], list[CalendarEvent]]:
    """Units for ``stay``, and the moves of other claims that make them free over all of it."""
    if wanted > capacity:
        raise TooManyUnits(units=wanted, maximum=capacity)
    taken = calendar.taken_units(stay, now)
    free = [unit for unit in range(capacity) if unit not in taken]
    if len(free) >= wanted:
        return tuple(free[:wanted]), []
    full = calendar.full_nights(stay, capacity=capacity, wanted=wanted, now=now)
    if full:
        raise NightsTaken(listing_id=listing_id, nights=full)
    picked, others = arrange(calendar.live(now), stay, wanted, capacity, today)
    moves: list[CalendarEvent] = [
        UnitsReassigned(claim_id=claim.id, before=claim.units, after=others[claim.id])
        for claim in calendar.live(now)
        if others[claim.id] != claim.units
    ]
    return picked, moves
