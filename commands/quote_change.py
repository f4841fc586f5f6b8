"""A guest asks what another stay would cost them instead of the one they have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from commands.coupons import coupon_kept
from commands.make_quote import QuoteMade
from commands.work import Work
from domain.booking.changing import check_change
from domain.calendar.extent import extent_of
from domain.calendar.room import units_free
from domain.money import Money
from domain.promotion.refusals import COUPON_REFUSALS
from domain.quote.decisions import quote
from domain.quote.state import evolve
from domain.slot import Times, asked_for
from domain.stay import Stay
from domain.streams import quote_stream


@dataclass(frozen=True, kw_only=True)
class QuoteChange:
    """Quote ``stay``, or the slot of ``times``, for the booking.

    None of ``units`` means as many as it has.
    """

    quote_id: UUID
    booking_id: UUID
    guests: int
    units: int | None = None
    ages: tuple[int, ...] | None = None
    stay: Stay | None = None
    times: Times | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeQuoted:
    """The quote, and what the booking costs as it is."""

    made: QuoteMade
    old_total: Money


def quote_change(message: QuoteChange, work: Work) -> ChangeQuoted:
    """At the price of now, with the booking's coupon if that still is for it.

    Raises NoSuch, NotYours, HoldLapsed, PolicyForbids and the refusal of a broken rule.
    """
    booking = work.booked_by_actor(message.booking_id, "change a guest's booking").state
    check_change(booking, work.now)
    found = work.any_listing(booking.listing_id)
    listing = found.state
    units = message.units or len(booking.units)
    stay, slot = asked_for(message.stay, message.times, listing.time_zone)
    pin = partial(
        quote,
        listing,
        found.version,
        quote_id=message.quote_id,
        guest_id=booking.guest_id,
        stay=stay,
        slot=slot,
        guests=message.guests,
        units=units,
        ages=message.ages,
        now=work.now,
        booking_id=booking.id,
    )
    try:
        events = pin(coupon=coupon_kept(booking, work))
    except COUPON_REFUSALS:
        events = pin()
    calendar = work.calendar(booking.listing_id)
    # A quote promises no nights, so it need not be decided again when the calendar moves.
    del work.reads[calendar.stream]
    buffers = listing.buffers
    others = calendar.state.without(calendar.state.claim(booking.id))
    taken = others.taken(stay, buffers, work.now)
    free = units_free(taken, extent_of(stay, slot, buffers), listing.units)
    stream, key = quote_stream(message.quote_id), str(booking.listing_id)
    made = QuoteMade(quote=work.begin(stream, key, evolve, events), available=free >= units)
    return ChangeQuoted(made=made, old_total=booking.total)
