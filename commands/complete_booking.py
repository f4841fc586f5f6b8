"""A host sees a guest off."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from uuid_utils.compat import uuid7

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.payouts import schedule
from domain.booking.state import Booking
from domain.booking.staying import complete
from domain.calendar.decisions import release


@dataclass(frozen=True, kw_only=True)
class CompleteBooking:
    """The guest has left."""

    booking_id: UUID
    payout_id: UUID = field(default_factory=uuid7)


def complete_booking(message: CompleteBooking, work: Work) -> Versioned[Booking]:
    """Who leaves early gives the nights that remain back.

    Raises NoSuch, NotYours for the guest, and PolicyForbids.
    """
    booking = work.hosted_booking(message.booking_id, "complete a booking")
    events = complete(booking.state, work.now)
    if events and work.now < booking.state.departure_day:
        calendar = work.calendar(booking.state.listing_id)
        work.record(calendar, release(calendar.state, message.booking_id))
    return work.record(booking, schedule(booking.state, events, message.payout_id, work.now))
