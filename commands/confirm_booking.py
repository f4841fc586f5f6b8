"""A guest asks to pay, so that the booking stands."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.facts import BookingConfirmed
from domain.booking.paying import confirm
from domain.booking.state import Booking
from domain.calendar.decisions import confirm as confirm_claim

SANDBOX = "sandbox"
"""The method that the built-in provider approves, which is the default."""


@dataclass(frozen=True, kw_only=True)
class ConfirmBooking:
    """Pay with ``method``; repeats name the same ``payment_id``."""

    booking_id: UUID
    payment_id: UUID
    method: str = SANDBOX


def confirm_booking(message: ConfirmBooking, work: Work) -> Versioned[Booking]:
    """The booking with the payment asked for, or confirmed at once when there is nothing to pay.

    Raises NoSuch, NotYours for the host, HoldLapsed, PaymentDeclined and PolicyForbids.
    """
    booking = work.booked_by_actor(message.booking_id, "confirm a guest's booking")
    events = confirm(booking.state, message.payment_id, message.method, work.now)
    if any(isinstance(event, BookingConfirmed) for event in events):
        calendar = work.calendar(booking.state.listing_id)
        work.record(calendar, confirm_claim(calendar.state, message.booking_id))
    return work.record(booking, events)
