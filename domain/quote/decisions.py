"""What a stay costs, and whether the listing's rules allow it at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.listing.state import HORIZON_DAYS, Listing
from domain.local_time import local_date
from domain.money import Money, total
from domain.quote.facts import Quoted, QuoteEvent, QuoteLine
from domain.refusals import (
    AboveMaximumStay,
    BelowMinimumStay,
    BeyondHorizon,
    DatesPast,
    ListingIncomplete,
    ListingNotPublished,
    NoGuests,
    TooManyGuests,
    TooManyUnits,
)
from domain.stay import Stay

VALID_FOR = timedelta(hours=1)
"""How long a quoted price may be booked."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """The lines of a price, which add up to its total."""

    lines: tuple[QuoteLine, ...]
    total: Money


def check_rules(
    listing: Listing,
    stay: Stay,
    guests: int,
    units: int,
    now: datetime,
    *,
    horizon: int = HORIZON_DAYS,
) -> None:
    """Raise the refusal of the first rule of ``listing`` that the stay breaks.

    It may end ``horizon`` days from today. Availability is not a rule: the calendar decides it.
    """
    if listing.status != "published":
        raise ListingNotPublished(listing_id=listing.id, status=listing.status)
    today = local_date(now, listing.time_zone)
    if stay.arrive < today:
        raise DatesPast(arrive=stay.arrive, today=today)
    last = today + timedelta(days=horizon)
    if stay.depart > last:
        raise BeyondHorizon(depart=stay.depart, last=last)
    if stay.length < listing.minimum_nights:
        raise BelowMinimumStay(nights=stay.length, minimum=listing.minimum_nights)
    if stay.length > listing.maximum_nights:
        raise AboveMaximumStay(nights=stay.length, maximum=listing.maximum_nights)
    if guests < 1:
        raise NoGuests
    if units > listing.units:
        raise TooManyUnits(units=units, maximum=listing.units)
    if guests > listing.max_guests * units:
        raise TooManyGuests(guests=guests, maximum=listing.max_guests * units)


def price(listing: Listing, version: int, stay: Stay, units: int) -> Price:
    """A line a night under the rules of ``listing`` at stream ``version``."""
    if listing.price is None:
        raise ListingIncomplete(missing=("price",))
    lines = tuple(
        QuoteLine(
            kind="night",
            description=night.isoformat(),
            amount=listing.price * units,
            rule="base",
            rule_version=version,
        )
        for night in stay.nights()
    )
    return Price(lines=lines, total=total([line.amount for line in lines], listing.price.currency))


def quote(
    listing: Listing,
    version: int,
    *,
    quote_id: UUID,
    guest_id: UUID,
    stay: Stay,
    guests: int,
    units: int,
    now: datetime,
) -> list[QuoteEvent]:
    """Pin what the stay costs now; raises the refusal of a rule that it breaks."""
    check_rules(listing, stay, guests, units, now)
    priced = price(listing, version, stay, units)
    return [
        Quoted(
            quote_id=quote_id,
            listing_id=listing.id,
            guest_id=guest_id,
            stay=stay,
            guests=guests,
            units=units,
            lines=priced.lines,
            total=priced.total,
            expires_at=now + VALID_FOR,
        )
    ]
