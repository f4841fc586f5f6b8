"""A guest proves to the sandbox that it is them who pays."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.payments.sandbox import reference_of
from commands.settle_payment import SettlePayment, settle_payment
from commands.versioned import Versioned
from commands.work import Work
from domain.booking.notices import Captured
from domain.booking.state import Booking
from domain.refusals import NoSuch


@dataclass(frozen=True, kw_only=True)
class PassChallenge:
    """The challenge of the payment is passed."""

    booking_id: UUID
    payment_id: UUID


def pass_challenge(message: PassChallenge, work: Work) -> Versioned[Booking]:
    """The sandbox takes the money then; passed already, nothing happens.

    Raises NoSuch when the payment has no challenge, and NotYours for the host.
    """
    booking = work.booked_by_actor(message.booking_id, "pass a guest's challenge")
    payment = booking.state.account.payment(message.payment_id)
    if payment and payment.state == "captured":
        return booking
    if payment is None or payment.state != "challenged":
        raise NoSuch(what="challenge", id=str(message.payment_id))
    captured = Captured(
        payment_id=payment.id, reference=reference_of(payment.id), amount=payment.amount
    )
    return settle_payment(SettlePayment(booking_id=message.booking_id, notice=captured), work)
