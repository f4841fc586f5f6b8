"""A booking that comes here paid: the money is recorded, and no provider is asked to move it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.booking.facts import BookingEvent
from domain.booking.notices import Captured
from domain.booking.paying import confirm
from domain.booking.payment_facts import PaymentRequested
from domain.booking.payments import ELSEWHERE
from domain.booking.settling import settle
from domain.booking.state import Booking, evolve
from domain.folding import after


def confirm_paid(booking: Booking, payment_id: UUID, now: datetime) -> list[BookingEvent]:
    """The booking stands, paid in full elsewhere; a total of nothing takes no payment."""
    asked = confirm(booking, payment_id, ELSEWHERE, now)
    booking = after(booking, evolve, asked)
    if not any(isinstance(event, PaymentRequested) for event in asked):
        return asked
    taken = Captured(payment_id=payment_id, reference=str(payment_id), amount=booking.total)
    return [*asked, *settle(booking, taken, new_id=payment_id, free=True, now=now)]
