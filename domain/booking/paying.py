"""What a guest is asked to pay, by which method and for what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.booking.allowed import refused
from domain.booking.facts import BookingConfirmed, BookingEvent
from domain.booking.payment_facts import PaymentRequested, Purpose
from domain.booking.payments import Payment
from domain.booking.state import Booking
from domain.refusals import PaymentDeclined


def confirm(booking: Booking, payment_id: UUID, method: str, now: datetime) -> list[BookingEvent]:
    """The guest asks to pay; the booking stands when the money is here.

    What is paid already, or costs nothing, is confirmed at once, without a payment. A payment
    under way by the same method is not asked for again. Raises HoldLapsed when it is too late, and
    PaymentDeclined for a payment that failed already.
    """
    match booking.status_at(now):
        case "held" if booking.due.amount <= 0:
            return [BookingConfirmed(booking_id=booking.id)]
        case "held":
            return _request(booking, payment_id, method, "booking")
        case "confirmed":
            return []
        case _:
            raise refused(booking, "confirm", "guest", now)


def pay(booking: Booking, payment_id: UUID, method: str, now: datetime) -> list[BookingEvent]:
    """The guest tries to pay what is due: a held booking, or the rest after a change."""
    status = booking.status_at(now)
    if booking.account.payment(payment_id):
        return []
    if status == "held" and booking.due.amount > 0:
        return _request(booking, payment_id, method, "booking")
    if status == "confirmed" and booking.due.amount > 0:
        return _request(booking, payment_id, method, "change")
    if status in ("held", "confirmed"):
        raise refused(booking, "pay", "guest", now, "nothing is due")
    raise refused(booking, "pay", "guest", now)


def _request(
    booking: Booking, payment_id: UUID, method: str, purpose: Purpose
) -> list[BookingEvent]:
    before = booking.account.payment(payment_id)
    if before and before.state == "failed":
        raise declined(before)
    under_way = booking.account.under_way
    if before or (under_way and under_way.method == method):
        return []
    return [
        PaymentRequested(payment_id=payment_id, method=method, amount=booking.due, purpose=purpose)
    ]


def known(booking: Booking, payment_id: UUID) -> bool:
    """Whether it is known what becomes of a payment: all, or what the guest must do first."""
    payment = booking.account.payment(payment_id) or booking.account.under_way
    return payment is None or payment.state not in ("pending", "authorised")


def outcome(booking: Booking, payment_id: UUID, now: datetime) -> None:
    """Raise the refusal that a payment ended in; a booking that stands refuses nothing."""
    status = booking.status_at(now)
    if booking.status == "confirmed" or booking.account.under_way:
        return
    payment = booking.account.payment(payment_id) or booking.account.latest
    if payment and payment.state == "failed" and status == "held":
        raise declined(payment)
    raise refused(booking, "confirm", "guest", now)


def declined(payment: Payment) -> PaymentDeclined:
    """The refusal that tells why ``payment`` failed."""
    return PaymentDeclined(
        payment_id=payment.id, reason=payment.failure or "", why=payment.why or ""
    )
