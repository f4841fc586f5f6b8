"""A host says yes to a guest's request."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.decisions import approve, hold_for
from domain.booking.state import Booking
from domain.calendar.decisions import extend


@dataclass(frozen=True, kw_only=True)
class ApproveBooking:
    """Approve the request; the guest then has a new hold in which to confirm."""

    booking_id: UUID


def approve_booking(message: ApproveBooking, work: Work) -> Versioned[Booking]:
    """Raises NoSuch, NotYours for the guest, HoldLapsed and PolicyForbids."""
    booking = work.hosted_booking(message.booking_id, "approve your own request")
    events = approve(booking.state, work.now)
    if events:
        calendar = work.calendar(booking.state.listing_id)
        until = work.now + hold_for(booking.state.hold_minutes)
        work.record(calendar, extend(calendar.state, message.booking_id, until))
    return work.record(booking, events)
