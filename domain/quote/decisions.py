"""What a stay costs, and whether the listing's rules allow it at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.listing.state import HORIZON_DAYS, Listing
from domain.local_time import local_date
from domain.money import Money, total
from domain.promotion.coupon import Coupon, coupon_lines, stands_until
from domain.quote.facts import Quoted, QuoteEvent, QuoteLine
from domain.refusals import (
    AboveMaximumStay,
    BelowMinimumStay,
    BeyondHorizon,
    DatesPast,
    ListingIncomplete,
    ListingNotPublished,
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


def check_rules(listing: Listing, stay: Stay, guests: int, units: int, now: datetime) -> None:
    """Raise the refusal of the first rule of ``listing`` that the stay breaks.

    Availability is not a rule: the calendar decides it.
    """
    if listing.status != "published":
        raise ListingNotPublished(listing_id=listing.id, status=listing.status)
    today = local_date(now, listing.time_zone)
    if stay.arrive < today:
        raise DatesPast(arrive=stay.arrive, today=today)
    last = today + timedelta(days=HORIZON_DAYS)
    if stay.depart > last:
        raise BeyondHorizon(depart=stay.depart, last=last)
    if stay.length < listing.minimum_nights:
        raise BelowMinimumStay(nights=stay.length, minimum=listing.minimum_nights)
    if stay.length > listing.maximum_nights:
        raise AboveMaximumStay(nights=stay.length, maximum=listing.maximum_nights)
    if units > listing.units:
        raise TooManyUnits(units=units, maximum=listing.units)
    if guests > listing.max_guests * units:
        raise TooManyGuests(guests=guests, maximum=listing.max_guests * units)


def price(
    listing: Listing, version: int, stay: Stay, units: int, coupon: Coupon | None = None
) -> Price:
    """A line a night under the rules of ``listing`` at stream ``version``, then the coupon's.

    Raises why the coupon is not taken.
    """
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
    lines += coupon_lines(coupon, lines, listing_id=listing.id, stay=stay)
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
    coupon: Coupon | None = None,
) -> list[QuoteEvent]:
    """Pin what the stay costs now; raises the refusal of a rule or coupon that it breaks."""
    check_rules(listing, stay, guests, units, now)
    priced = price(listing, version, stay, units, coupon)
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
            expires_at=stands_until(coupon, now + VALID_FOR),
            promotion_id=coupon.promotion.id if coupon else None,
        )
    ]
