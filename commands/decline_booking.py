"""A host says no to a guest's request, and its nights are free at once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.coupons import return_coupon
from commands.versioned import Versioned
from commands.work import Work
from domain.booking.decisions import decline
from domain.booking.state import Booking
from domain.calendar.decisions import release


@dataclass(frozen=True, kw_only=True)
class DeclineBooking:
    """Decline the request."""

    booking_id: UUID
    reason: str | None = None


def decline_booking(message: DeclineBooking, work: Work) -> Versioned[Booking]:
    """Raises NoSuch, NotYours for the guest, HoldLapsed and PolicyForbids."""
    booking = work.hosted_booking(message.booking_id, "decline your own request")
    events = decline(booking.state, message.reason, work.now)
    if events:
        calendar = work.calendar(booking.state.listing_id)
        work.record(calendar, release(calendar.state, message.booking_id))
        return_coupon(booking.state, work)
    return work.record(booking, events)
