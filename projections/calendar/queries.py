"""Which nights of this listing are free, and at which price?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from domain.calendar.state import EMPTY, Calendar
from domain.listing.state import Listing
from domain.listing.terms import DayTerms, price_on, terms_on
from domain.local_time import local_date
from domain.money import Money
from domain.quote.decisions import book_by
from domain.stay import Stay
from projections.calendar.projector import CLAIMS, LISTING
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
    """One night: ``available`` means that at least one unit is unclaimed.

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


async def calendar(
    generations: Generations, listing_id: UUID, stay: Stay, now: datetime
) -> CalendarPage | None:
    """The nights of ``stay`` as they are at ``now``, or none when there is no such listing."""
    of_listing, of_claims = (PartKey(kind, str(listing_id)) for kind in (LISTING, CLAIMS))
    parts = await read_parts(generations, [of_listing, of_claims])
    listing = parts.get(of_listing)
    if listing is None:
        return None
    claims: Calendar = parts[of_claims].state if of_claims in parts else EMPTY
    return CalendarPage(listing=listing, nights=nights(listing.state, claims, stay, now))


def nights(listing: Listing, claims: Calendar, stay: Stay, now: datetime) -> list[Night]:
    """Each night of ``stay``; holds that have lapsed at ``now`` claim nothing."""
    taken = _units_taken(claims, stay, now)
    return [_night(listing, night, taken[night], now) for night in stay.nights()]


def _night(listing: Listing, night: date, taken: int, now: datetime) -> Night:
    price, terms = price_on(listing, night), terms_on(listing, night)
    return Night(
        date=night,
        available=taken < listing.units,
        units_free=max(listing.units - taken, 0),
        price=price.amount if price else None,
        minimum_nights=terms.minimum_nights,
        reasons=_reasons(listing, terms, night, taken, now),
    )


def _units_taken(claims: Calendar, stay: Stay, now: datetime) -> Counter[date]:
    taken: Counter[date] = Counter()
    for claim in claims.live(now):
        first, end = max(claim.stay.arrive, stay.arrive), min(claim.stay.depart, stay.depart)
        for day in range((end - first).days):
            taken[first + timedelta(days=day)] += len(claim.units)
    return taken


def _reasons(
    listing: Listing, terms: DayTerms, night: date, taken: int, now: datetime
) -> tuple[Reason, ...]:
    today, weekday = local_date(now, listing.time_zone), night.isoweekday()
    hours = terms.notice_hours
    found: list[tuple[Reason, bool]] = [
        ("claimed", taken >= listing.units),
        ("not_published", listing.status != "published"),
        ("past", night < today),
        ("beyond_horizon", night >= today + timedelta(days=listing.rules.horizon_days)),
        ("closed", terms.closed),
        ("arrival_not_allowed", weekday not in terms.arrival_days),
        ("departure_not_allowed", weekday not in terms.departure_days),
        ("notice_too_short", bool(hours) and now > book_by(listing, night, hours)),
    ]
    return tuple(reason for reason, holds in found if holds)
