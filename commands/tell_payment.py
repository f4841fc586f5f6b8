"""A guest is told what became of a payment that they made a moment ago."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.paying import outcome
from domain.booking.state import Booking


@dataclass(frozen=True, kw_only=True)
class TellPayment:
    """What became of ``payment_id``, or of the payment that it joined."""

    booking_id: UUID
    payment_id: UUID


def tell_payment(message: TellPayment, work: Work) -> Versioned[Booking]:
    """The booking, confirmed or with the payment still under way.

    Raises PaymentDeclined, HoldLapsed when the money came too late, and PolicyForbids.
    """
    booking = work.booked_by_actor(message.booking_id, "confirm a guest's booking")
    outcome(booking.state, message.payment_id, work.now)
    return booking
