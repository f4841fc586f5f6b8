"""A guest or a host ends a booking early."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.decisions import cancel
from domain.booking.state import Booking
from domain.calendar.decisions import release


@dataclass(frozen=True, kw_only=True)
class CancelBooking:
    """Cancel, for whichever side the actor is on."""

    booking_id: UUID
    refund_id: UUID
    reason: str | None = None


def cancel_booking(message: CancelBooking, work: Work) -> Versioned[Booking]:
    """Raises NoSuch, HoldLapsed and PolicyForbids; cancelled already, nothing happens."""
    booking = work.own_booking(message.booking_id)
    by = work.side(booking.state)
    events = cancel(booking.state, by, message.reason, message.refund_id, work.now)
    if events:
        calendar = work.calendar(booking.state.listing_id)
        work.record(calendar, release(calendar.state, message.booking_id))
    return work.record(booking, events)
