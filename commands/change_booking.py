"""A guest takes another stay for the booking they have; the old nights go when the new are held."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.lapsed import expire_lapsed
from commands.versioned import Versioned
from commands.work import Work
from domain.booking.changing import change, check_change, check_quote
from domain.booking.state import Booking
from domain.calendar.decisions import move
from domain.local_time import local_date
from domain.quote.decisions import check_still_bookable


@dataclass(frozen=True, kw_only=True)
class ChangeBooking:
    """Make it what the quote says; the ids name a payment, or a refund, of the difference."""

    booking_id: UUID
    quote_id: UUID
    payment_id: UUID
    refund_id: UUID


def change_booking(message: ChangeBooking, work: Work) -> Versioned[Booking]:
    """Changed to that quote already, nothing happens.

    Raises NoSuch, NotYours, HoldLapsed, PolicyForbids, QuoteExpired, NightsTaken and the refusal of
    a broken rule.
    """
    booking = work.booked_by_actor(message.booking_id, "change a guest's booking")
    quote = work.quote(message.quote_id).state
    if booking.state.quote_id == quote.quote_id:
        return booking
    check_change(booking.state, work.now)
    check_quote(booking.state, quote, work.now)
    listing = work.any_listing(booking.state.listing_id).state
    check_still_bookable(listing, quote.stay, quote.units, work.now, quote.slot)
    calendar = work.calendar(listing.id)
    moved = move(
        calendar.state,
        listing_id=listing.id,
        capacity=listing.units,
        claim_id=booking.state.id,
        guest_id=booking.state.guest_id,
        stay=quote.stay,
        units=quote.units,
        today=local_date(work.now, listing.time_zone),
        now=work.now,
        slot=quote.slot,
        buffers=listing.buffers,
    )
    expire_lapsed(calendar.state, work)
    units = work.record(calendar, moved).state.claims[booking.state.id].units
    events = change(
        booking.state,
        quote,
        units,
        payment_id=message.payment_id,
        refund_id=message.refund_id,
    )
    return work.record(booking, events)
