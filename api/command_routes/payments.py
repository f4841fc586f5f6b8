"""Guests pay what is due, and do what the sandbox asks of them first."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Body, Request, Response

from api.assembly import ordered_router
from api.commanding import Side, done, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, keyed, sees_booking, signed_in
from api.paying import Paying, pay_and_wait, payment_id_of
from api.representations.payment import Payment, PaymentBody
from api.representations.values import Empty
from commands.look_at_booking import LookAtBooking, look_at_booking
from commands.pass_challenge import PassChallenge, pass_challenge
from commands.pay_booking import PayBooking, pay_booking
from commands.receipts import StoredResponse
from commands.versioned import Versioned
from domain.booking.state import Booking

router = ordered_router("payments")


@router.post(
    "/v1/bookings/{booking_id}/payments",
    summary="Pay what is due",
    status_code=201,
    response_model=Payment,
)
@guards(signed_in, keyed, sees_booking)
async def pay(
    request: Request, side: Side, caller: Caller, booking_id: UUID, body: PaymentBody
) -> Response:
    """Try to pay, after a payment failed or a change cost more; `status` says what came of it."""
    payment_id = payment_id_of(request, caller, booking_id)

    def respond(booking: Versioned[Booking]) -> StoredResponse:
        account = booking.state.account
        payment = account.payment(payment_id) or account.under_way
        assert payment is not None, "it was asked for, or joined one that was"
        return stored(Payment.of(payment), 201)

    asking = PayBooking(booking_id=booking_id, payment_id=payment_id, method=body.method)
    return await pay_and_wait(
        request,
        side,
        Paying(booking_id, payment_id),
        (pay_booking, asking),
        (look_at_booking, LookAtBooking(booking_id=booking_id)),
        respond,
    )


@router.post(
    "/v1/sandbox/challenges/{booking_id}/{payment_id}",
    summary="Pass a challenge of the sandbox",
    status_code=204,
)
@guards(signed_in, sees_booking)
async def challenge(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    payment_id: UUID,
    body: Annotated[Empty | None, Body()] = None,
) -> Response:
    """What a bank's own page would do: prove that it is you who pays."""
    message = PassChallenge(booking_id=booking_id, payment_id=payment_id)
    return await side.carry_out(request, pass_challenge, message, done)
