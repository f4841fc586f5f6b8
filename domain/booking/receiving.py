"""What a guest's money leads to, on its way and when it is here."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never
from uuid import UUID

from domain.booking.facts import (
    BookingConfirmed,
    BookingEvent,
    BookingExpired,
    PaymentCaptured,
)
from domain.booking.notices import Authorised, Captured, Challenged, Declined, Notice
from domain.booking.payment_facts import (
    PaymentAuthorised,
    PaymentCapturedAgain,
    PaymentChallenged,
    PaymentFailed,
    RefundReason,
)
from domain.booking.payments import Payment
from domain.booking.refunding import refund_from
from domain.booking.state import Booking, evolve
from domain.folding import after
from domain.refusals import NoSuch


def needs_nights(booking: Booking, notice: Notice, now: datetime) -> bool:
    """Whether ``notice`` brings the money for a booking that does not stand yet."""
    if not isinstance(notice, Captured):
        return False
    payment = booking.account.payment(notice.payment_id)
    if payment is None or payment.state == "captured":
        return False
    missing = booking.total - booking.account.net - notice.amount
    return booking.status_at(now) in ("held", "expired") and missing.amount <= 0


def on_the_way(booking: Booking, notice: Challenged | Authorised | Declined) -> list[BookingEvent]:
    """What follows from news of a payment that brings no money yet, or none at all."""
    payment = payment_of(booking, notice.payment_id)
    match notice:
        case Challenged():
            if payment.state != "pending":
                return []
            return [PaymentChallenged(payment_id=payment.id, action=notice.action)]
        case Authorised():
            if payment.reference is not None or payment.state == "captured":
                return []
            return [PaymentAuthorised(payment_id=payment.id, reference=notice.reference)]
        case Declined():
            if payment.state in ("captured", "failed"):
                return []
            return [PaymentFailed(payment_id=payment.id, code=notice.code, why=notice.why)]
        case _:
            assert_never(notice)


def captured(
    booking: Booking, notice: Captured, refund_id: UUID, now: datetime, *, free: bool
) -> list[BookingEvent]:
    """The money is here: the booking stands, or what is too much goes back."""
    payment = payment_of(booking, notice.payment_id)
    if notice.reference in payment.captures:
        return []
    events: list[BookingEvent] = []
    if payment.state == "captured":
        again = PaymentCapturedAgain(
            payment_id=payment.id, reference=notice.reference, amount=notice.amount
        )
        events.append(again)
    else:
        if payment.reference != notice.reference:
            events.append(PaymentAuthorised(payment_id=payment.id, reference=notice.reference))
        events.append(
            PaymentCaptured(payment_id=payment.id, method=payment.method, amount=notice.amount)
        )
    lapsed = booking.status_at(now) == "expired"
    if needs_nights(booking, notice, now) and (free or not lapsed):
        events.append(BookingConfirmed(booking_id=booking.id))
    elif lapsed and booking.status != "expired":
        assert booking.hold_expires_at is not None, "only a pending booking lapses"
        events.append(BookingExpired(expired_at=booking.hold_expires_at))
    return [*events, *too_much(after(booking, evolve, events), payment.id, refund_id)]


def too_much(booking: Booking, payment_id: UUID, refund_id: UUID) -> list[BookingEvent]:
    """What goes back, of that payment first, because the booking costs less than was paid."""
    why: RefundReason = "overpaid"
    if booking.ended:
        why = "dates_taken" if booking.status == "expired" else "cancelled"
    return [*refund_from(booking.account, -booking.due, refund_id, why, payment_id)]


def payment_of(booking: Booking, payment_id: UUID) -> Payment:
    """The payment of that id; raises NoSuch."""
    if found := booking.account.payment(payment_id):
        return found
    raise NoSuch(what="payment", id=str(payment_id))
