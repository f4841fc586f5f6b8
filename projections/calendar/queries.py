"""Which nights of this listing are free, and at which price?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from domain.calendar.extent import extent_of
from domain.calendar.room import units_free
from domain.calendar.state import EMPTY, Calendar
from domain.listing.state import Listing
from domain.listing.terms import DayTerms, price_on, terms_on
from domain.local_time import local_date
from domain.money import Money
from domain.quote.decisions import book_by
from domain.slot import Slot
from domain.stay import Stay
from projections.calendar.projector import CLAIMS, LISTING
from projections.calendar.slots import SlotOffer, most_free, slots
from projections.documents import PartKey, read_parts
from projections.generation import Generations
from projections.parts import Part

Reason = Literal[
    "claimed",
    "not_published",
    "past",
    "beyond_horizon",
    "closed",
    "arrival_not_allowed",
    "departure_not_allowed",
    "notice_too_short",
]
"""Why a date can't be booked.

The first five are about the night that begins on it: no stay may have it. The others are about the
date: no stay may begin on it, or for ``departure_not_allowed`` end on it; a stay may go on over it.
"""


@dataclass(frozen=True, kw_only=True)
class Night:
    """One night, or day: ``available`` means that at least one unit is unclaimed, buffers counted.

    Of nights so long past that their claims are not kept any more none is. Of a listing by the hour
    ``units_free`` is the most that are free for one of the slots that begin on the day.

    ``price`` is that of one unit, ``minimum_nights`` that of stays that begin on the date.
    ``reasons`` says why it can't be booked all the same; empty when nothing is in the way.
    """

    date: date
    available: bool
    units_free: int
    price: Money | None
    minimum_nights: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class CalendarPage:
    """The listing that was asked about, and the nights in order, none missing."""

    listing: Part[Listing]
    nights: list[Night]


@dataclass(frozen=True, kw_only=True)
class SlotsPage:
    """The listing that was asked about, and the slots in order."""

    listing: Part[Listing]
    slots: list[SlotOffer]


async def calendar(
    generations: Generations, listing_id: UUID, stay: Stay, now: datetime
) -> CalendarPage | None:
    """The nights of ``stay`` as they are at ``now``, or none when there is no such listing."""
    found = await claims_of(generations, listing_id)
    if found is None:
        return None
    listing, claims = found
    return CalendarPage(listing=listing, nights=nights(listing.state, claims, stay, now))


async def room_for(
    generations: Generations, listing_id: UUID, stay: Stay, slot: Slot | None, now: datetime
) -> tuple[Part[Listing], int] | None:
    """The listing, and how many of its units are free for all of ``stay``, or of ``slot``."""
    found = await claims_of(generations, listing_id)
    if found is None:
        return None
    listing, claims = found
    buffers = listing.state.buffers
    taken = claims.taken(stay, buffers, now)
    return listing, units_free(taken, extent_of(stay, slot, buffers), listing.state.units)


async def slots_of(
    generations: Generations, listing_id: UUID, days: Stay, now: datetime
) -> SlotsPage | None:
    """The slots that begin on ``days``, as they are at ``now``, or none as above.

    A listing by days has no slots.
    """
    found = await claims_of(generations, listing_id)
    if found is None:
        return None
    listing, claims = found
    by_the_hour = listing.state.kind == "slot"
    return SlotsPage(
        listing=listing, slots=slots(listing.state, claims, days, now) if by_the_hour else []
    )


async def claims_of(
    generations: Generations, listing_id: UUID
) -> tuple[Part[Listing], Calendar] | None:
    """The listing and its claims, or none when there is no such listing."""
    of_listing, of_claims = (PartKey(kind, str(listing_id)) for kind in (LISTING, CLAIMS))
    parts = await read_parts(generations, [of_listing, of_claims])
    listing = parts.get(of_listing)
    if listing is None:
        return None
    return listing, parts[of_claims].state if of_claims in parts else EMPTY


def nights(listing: Listing, claims: Calendar, stay: Stay, now: datetime) -> list[Night]:
    """Each night of ``stay``; holds that have lapsed at ``now`` claim nothing."""
    free = _units_free(listing, claims, stay, now)
    return [
        _night(listing, night, None if claims.forgot(night) else free[night], now)
        for night in stay.nights()
    ]


def _night(listing: Listing, night: date, free: int | None, now: datetime) -> Night:
    price, terms = price_on(listing, night), terms_on(listing, night)
    return Night(
        date=night,
        available=bool(free),
        units_free=free or 0,
        price=price.amount if price else None,
        minimum_nights=terms.minimum_nights,
        reasons=_reasons(listing, terms, night, free, now),
    )


def _units_free(listing: Listing, claims: Calendar, stay: Stay, now: datetime) -> dict[date, int]:
    if listing.kind == "slot":
        return most_free(listing, claims, stay, now)
    buffers = listing.buffers
    return claims.nights_free(stay, capacity=listing.units, now=now, buffers=buffers)


def _reasons(
    listing: Listing, terms: DayTerms, night: date, free: int | None, now: datetime
) -> tuple[Reason, ...]:
    today, weekday = local_date(now, listing.time_zone), night.isoweekday()
    hours, by_days = terms.notice_hours, listing.kind != "slot"
    found: list[tuple[Reason, bool]] = [
        ("claimed", free == 0),
        ("not_published", listing.status != "published"),
        ("past", night < today),
        ("beyond_horizon", night >= today + timedelta(days=listing.rules.horizon_days)),
        ("closed", terms.closed),
        ("arrival_not_allowed", by_days and weekday not in terms.arrival_days),
        ("departure_not_allowed", by_days and weekday not in terms.departure_days),
        ("notice_too_short", bool(hours) and now > book_by(listing, night, hours)),
    ]
    return tuple(reason for reason, holds in found if holds)
