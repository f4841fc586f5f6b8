"""A guest tries to pay what a booking still costs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.paying import pay
from domain.booking.state import Booking


@dataclass(frozen=True, kw_only=True)
class PayBooking:
    """Ask for what is due with ``method``."""

    booking_id: UUID
    payment_id: UUID
    method: str


def pay_booking(message: PayBooking, work: Work) -> Versioned[Booking]:
    """Raises NoSuch, NotYours for the host, HoldLapsed and PolicyForbids."""
    booking = work.booked_by_actor(message.booking_id, "pay for a guest's booking")
    return work.record(booking, pay(booking.state, message.payment_id, message.method, work.now))
