"""A guest pays and the booking stands."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.decisions import confirm
from domain.booking.state import Booking
from domain.calendar.decisions import confirm as confirm_claim
from domain.refusals import NotYours

SANDBOX = "sandbox"
"""The method of the built-in provider, which approves every payment."""


@dataclass(frozen=True, kw_only=True)
class ConfirmBooking:
    """Pay with ``method`` and confirm."""

    booking_id: UUID
    payment_id: UUID
    method: str = SANDBOX


def confirm_booking(message: ConfirmBooking, work: Work) -> Versioned[Booking]:
    """Raises NoSuch, NotYours for the host, HoldLapsed and PolicyForbids."""
    booking, party = work.acting_on(message.booking_id)
    if party != "guest":
        raise NotYours(action="confirm a guest's booking")
    events = confirm(booking.state, message.payment_id, message.method, work.now)
    if events:
        calendar = work.calendar(booking.state.listing_id)
        work.record(calendar, confirm_claim(calendar.state, message.booking_id))
    return work.record(booking, events)
