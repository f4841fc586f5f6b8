"""A guest asks what another stay would cost them instead of the one they have."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.make_quote import QuoteMade
from commands.work import Work
from domain.booking.changing import check_change
from domain.calendar.state import Calendar
from domain.money import Money
from domain.quote.decisions import quote
from domain.quote.state import evolve
from domain.stay import Stay
from domain.streams import quote_stream


@dataclass(frozen=True, kw_only=True)
class QuoteChange:
    """Quote ``stay`` for the booking; None of ``units`` means as many as it has."""

    quote_id: UUID
    booking_id: UUID
    stay: Stay
    guests: int
    units: int | None = None
    ages: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeQuoted:
    """The quote, and what the booking costs as it is."""

    made: QuoteMade
    old_total: Money


def quote_change(message: QuoteChange, work: Work) -> ChangeQuoted:
    """Raises NoSuch, NotYours, HoldLapsed, PolicyForbids and the refusal of a broken rule."""
    booking = work.booked_by_actor(message.booking_id, "change a guest's booking").state
    check_change(booking, work.now)
    listing = work.any_listing(booking.listing_id)
    units = message.units or len(booking.units)
    events = quote(
        listing.state,
        listing.version,
        quote_id=message.quote_id,
        guest_id=booking.guest_id,
        stay=message.stay,
        guests=message.guests,
        units=units,
        ages=message.ages,
        now=work.now,
        booking_id=booking.id,
    )
    calendar = work.calendar(booking.listing_id)
    # A quote promises no nights, so it need not be decided again when the calendar moves.
    del work.reads[calendar.stream]
    claims = {key: each for key, each in calendar.state.claims.items() if key != booking.id}
    full = Calendar(claims=claims).full_nights(
        message.stay, capacity=listing.state.units, wanted=units, now=work.now
    )
    stream, key = quote_stream(message.quote_id), str(booking.listing_id)
    made = QuoteMade(quote=work.begin(stream, key, evolve, events), available=not full)
    return ChangeQuoted(made=made, old_total=booking.total)
