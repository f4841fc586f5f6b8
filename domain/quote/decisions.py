"""What a stay costs, and whether the listing's rules allow it at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.listing.state import HORIZON_DAYS, Listing
from domain.local_time import local_date
from domain.money import Money, total
from domain.quote.facts import Quoted, QuoteEvent, QuoteLine
from domain.quote.slots import check_kind, check_slot, slot_lines
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
from domain.slot import Slot
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
    slot: Slot | None = None,
) -> None:
    """Raise the refusal of the first rule of ``listing`` that the stay, or ``slot``, breaks.

    Availability is not a rule: the calendar decides it.
    """
    if listing.status != "published":
        raise ListingNotPublished(listing_id=listing.id, status=listing.status)
    check_kind(listing, slot)
    if slot:
        check_slot(listing, slot, now)
    else:
        _check_stay(listing, stay, now)
    if units > listing.units:
        raise TooManyUnits(units=units, maximum=listing.units)
    if guests > listing.max_guests * units:
        raise TooManyGuests(guests=guests, maximum=listing.max_guests * units)


def _check_stay(listing: Listing, stay: Stay, now: datetime) -> None:
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


def price(
    listing: Listing, version: int, stay: Stay, units: int, slot: Slot | None = None
) -> Price:
    """A line a night, a day or a slot's length under the rules of ``listing`` at ``version``."""
    if listing.price is None:
        raise ListingIncomplete(missing=("price",))
    if slot:
        lines = slot_lines(listing, version, slot, units)
        return Price(
            lines=lines, total=total([line.amount for line in lines], listing.price.currency)
        )
    lines = tuple(
        QuoteLine(
            kind="day" if listing.kind == "rental" else "night",
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
    slot: Slot | None = None,
) -> list[QuoteEvent]:
    """Pin what the stay costs now; raises the refusal of a rule that it breaks."""
    check_rules(listing, stay, guests, units, now, slot)
    priced = price(listing, version, stay, units, slot)
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
            slot=slot,
        )
    ]
