"""What a stay costs, and whether the listing's rules allow it at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from domain.listing.state import Listing
from domain.listing.terms import terms_on
from domain.local_time import instant, local_date
from domain.promotion.coupon import Coupon, stands_until
from domain.quote.asked import Asked
from domain.quote.facts import Quoted, QuoteEvent
from domain.quote.pricing import price
from domain.quote.slots import check_kind, check_not_begun, check_slot, slot_lengths
from domain.refusals import (
    AboveMaximumStay,
    BelowMinimumStay,
    BeyondHorizon,
    DatesPast,
    ListingNotPublished,
    NoGuests,
    TooManyGuests,
    TooManyUnits,
)
from domain.rules.document import named
from domain.rules.refusals import (
    ArrivalNotAllowed,
    DateClosed,
    DepartureNotAllowed,
    NoticeTooShort,
)
from domain.slot import Slot
from domain.stay import Stay

VALID_FOR = timedelta(hours=1)
"""How long a quoted price may be booked."""


def check_rules(
    listing: Listing,
    stay: Stay,
    guests: int,
    units: int,
    now: datetime,
    slot: Slot | None = None,
) -> None:
    """Raise the refusal of the first rule of ``listing`` that the stay, or ``slot``, breaks.

    Lengths, weekdays and notice are those of the arrival date, but for the weekday of the
    departure, which is the departure date's. Availability is not a rule: the calendar decides it.
    """
    _on_the_market(listing)
    check_kind(listing, slot)
    if slot:
        check_slot(listing, slot, now)
    else:
        _check_days(listing, stay, now)
    _enough_units(listing, units)
    if guests < 1:
        raise NoGuests
    if guests > listing.max_guests * units:
        raise TooManyGuests(guests=guests, maximum=listing.max_guests * units)
    _open(listing, stay)


def _check_days(listing: Listing, stay: Stay, now: datetime) -> None:
    today = _not_past(listing, stay, now)
    arrival = terms_on(listing, stay.arrive)
    _check_notice(listing, stay.arrive, arrival.notice_hours, now)
    last = today + timedelta(days=listing.rules.horizon_days)
    if stay.depart > last:
        raise BeyondHorizon(depart=stay.depart, last=last)
    if stay.arrive.isoweekday() not in arrival.arrival_days:
        raise ArrivalNotAllowed(arrive=stay.arrive, days=named(arrival.arrival_days))
    departure_days = terms_on(listing, stay.depart).departure_days
    if stay.depart.isoweekday() not in departure_days:
        raise DepartureNotAllowed(depart=stay.depart, days=named(departure_days))
    if stay.length < arrival.minimum_nights:
        raise BelowMinimumStay(nights=stay.length, minimum=arrival.minimum_nights)
    if stay.length > arrival.maximum_nights:
        raise AboveMaximumStay(nights=stay.length, maximum=arrival.maximum_nights)


def check_still_bookable(
    listing: Listing, stay: Stay, units: int, now: datetime, slot: Slot | None = None
) -> None:
    """Raise the refusal of what no quote can promise: that the listing still takes the stay at all.

    Its other rules are those that the quote was made under, whatever they are now.
    """
    _on_the_market(listing)
    if slot:
        check_not_begun(slot, now)
    else:
        _not_past(listing, stay, now)
    _enough_units(listing, units)
    _open(listing, stay)


def book_by(listing: Listing, arrive: date, hours: int) -> datetime:
    """The last instant at which ``hours`` are left before check-in on ``arrive``."""
    check_in = instant(arrive, listing.rules.schedule.check_in, listing.time_zone)
    return check_in - timedelta(hours=hours)


def _on_the_market(listing: Listing) -> None:
    if listing.status != "published":
        raise ListingNotPublished(listing_id=listing.id, status=listing.status)


def _not_past(listing: Listing, stay: Stay, now: datetime) -> date:
    """Today where the listing is."""
    today = local_date(now, listing.time_zone)
    if stay.arrive < today:
        raise DatesPast(arrive=stay.arrive, today=today)
    return today


def _check_notice(listing: Listing, arrive: date, hours: int, now: datetime) -> None:
    """No hours of notice let guests come until the day of arrival ends."""
    if hours and now > (latest := book_by(listing, arrive, hours)):
        raise NoticeTooShort(arrive=arrive, hours=hours, book_by=latest)


def _enough_units(listing: Listing, units: int) -> None:
    if units > listing.units:
        raise TooManyUnits(units=units, maximum=listing.units)


def _open(listing: Listing, stay: Stay) -> None:
    closed = tuple(night for night in stay.nights() if terms_on(listing, night).closed)
    if closed:
        raise DateClosed(nights=closed)


def quote(  # noqa: PLR0913 - a quote is made of these
    listing: Listing,
    version: int,
    *,
    quote_id: UUID,
    guest_id: UUID,
    stay: Stay,
    guests: int,
    units: int,
    now: datetime,
    ages: tuple[int, ...] | None = None,
    slot: Slot | None = None,
    booking_id: UUID | None = None,
    coupon: Coupon | None = None,
) -> list[QuoteEvent]:
    """Pin what the stay costs now, perhaps as a change.

    Raises the refusal of a rule or coupon that it breaks.
    """
    asked = Asked(
        stay=stay,
        guests=guests,
        units=units,
        ages=ages,
        slot=slot,
        lengths=slot_lengths(listing, slot),
    )
    check_rules(listing, stay, guests, units, now, slot)
    priced = price(listing, version, asked, now, coupon)
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
            ages=ages,
            deposit=priced.deposit,
            quoted_at=now,
            booking_id=booking_id,
            promotion_id=coupon.promotion.id if coupon else None,
            slot=slot,
        )
    ]
