"""Guests book, confirm and cancel; hosts decide, let guests in and see them off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Body, Request, Response
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import Side, stored
from api.conventions.callers import Caller
from api.conventions.guards import (
    guards,
    has_verified,
    keyed,
    names_quote,
    sees_booking,
    signed_in,
)
from api.paying import Paying, pay_and_wait, payment_id_of
from api.representations.booking import (
    NOTHING_BESIDE,
    Beside,
    Booking,
    BookingBody,
    CancelBody,
    ConfirmBody,
)
from api.representations.values import Empty, Reason
from commands.approve_booking import ApproveBooking, approve_booking
from commands.book import Book
from commands.book import book as book_quote
from commands.cancel_booking import CancelBooking, cancel_booking
from commands.change_booking import ChangeBooking, change_booking
from commands.check_in_guest import CheckInGuest, check_in_guest
from commands.complete_booking import CompleteBooking, complete_booking
from commands.confirm_booking import SANDBOX, ConfirmBooking, confirm_booking
from commands.decline_booking import DeclineBooking, decline_booking
from commands.mark_no_show import MarkNoShow, mark_no_show
from commands.receipts import StoredResponse
from commands.tell_payment import TellPayment, tell_payment
from commands.versioned import Versioned
from commands.work import Work
from domain.booking.facts import Party
from domain.booking.state import Booking as DomainBooking
from domain.listing.facts import Permission
from domain.review.state import EMPTY as NO_REVIEWS

router = ordered_router("bookings")

M = TypeVar("M")

Acted = tuple[Versioned[DomainBooking], Party, Beside]
"""A booking after an action, the side for which it was taken, and what is known beside it."""


@router.post(
    "/v1/bookings", summary="Hold dates for a quote", status_code=201, response_model=Booking
)
@guards(signed_in, keyed, names_quote, has_verified)
async def book(request: Request, side: Side, caller: Caller, body: BookingBody) -> Response:
    """Take a quote: its nights are held for you until you confirm."""
    message = Book(booking_id=uuid7(), quote_id=body.quote_id, verified_only=side.verified_only)
    return await side.carry_out(request, book_quote, message, shown(side, caller, 201))


@router.post(
    "/v1/bookings/{booking_id}/confirm",
    summary="Pay for and confirm a booking",
    response_model=Booking,
    responses={202: {"model": Booking, "description": "The payment is still under way."}},
)
@guards(signed_in, keyed, sees_booking)
async def confirm(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    body: Annotated[ConfirmBody | None, Body()] = None,
) -> Response:
    """Pay, and the booking stands; 202 when the payment takes longer, or needs you first."""
    method = (body.payment_method if body else None) or SANDBOX
    payment_id = payment_id_of(request, caller, booking_id)
    message = ConfirmBooking(booking_id=booking_id, payment_id=payment_id, method=method)

    def respond(booking: Versioned[DomainBooking]) -> StoredResponse:
        status = 202 if booking.state.status == "held" else 200
        return shown(side, caller, status)(booking)

    telling = TellPayment(booking_id=booking_id, payment_id=payment_id)
    return await pay_and_wait(
        request,
        side,
        Paying(booking_id, payment_id),
        (confirm_booking, message),
        (tell_payment, telling),
        respond,
    )


@router.post(
    "/v1/bookings/{booking_id}/change",
    summary="Change the dates or the party of a booking",
    response_model=Booking,
)
@guards(signed_in, keyed, sees_booking, names_quote)
async def change(
    request: Request, side: Side, caller: Caller, booking_id: UUID, body: BookingBody
) -> Response:
    """Take another stay at the price of a quote for this booking; the difference is paid or back.

    The old nights go only when the new ones are yours. A difference that can't be paid is `due`.
    """
    message = ChangeBooking(
        booking_id=booking_id, quote_id=body.quote_id, payment_id=uuid7(), refund_id=uuid7()
    )
    return await side.carry_out(request, change_booking, message, shown(side, caller))


@router.post("/v1/bookings/{booking_id}/cancel", summary="Cancel a booking", response_model=Booking)
@guards(signed_in, sees_booking)
async def cancel(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    body: Annotated[CancelBody | None, Body()] = None,
) -> Response:
    """End it early; the refund follows the policy that was pinned when it was booked.

    Support may override it, with a reason: all goes back, or the share it names.
    """
    message = CancelBooking(
        booking_id=booking_id,
        refund_id=uuid7(),
        reason=body.reason if body else None,
        refund_share=body.refund_share if body else None,
    )
    return await side.carry_out(request, acted(cancel_booking), message, told(side, caller))


@router.post(
    "/v1/bookings/{booking_id}/approve",
    summary="Approve a request, as its host",
    response_model=Booking,
)
@guards(signed_in, sees_booking)
async def approve(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    body: Annotated[Empty | None, Body()] = None,
) -> Response:
    """Say yes to a request; the guest then has a while to confirm."""
    message = ApproveBooking(booking_id=booking_id)
    return await side.carry_out(request, acted(approve_booking), message, told(side, caller))


@router.post(
    "/v1/bookings/{booking_id}/decline",
    summary="Decline a request, as its host",
    response_model=Booking,
)
@guards(signed_in, sees_booking)
async def decline(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    body: Annotated[Reason | None, Body()] = None,
) -> Response:
    """Say no to a request; its nights are free at once."""
    message = DeclineBooking(booking_id=booking_id, reason=body.reason if body else None)
    return await side.carry_out(request, acted(decline_booking), message, told(side, caller))


@router.post(
    "/v1/bookings/{booking_id}/check-in", summary="Check a guest in", response_model=Booking
)
@guards(signed_in, sees_booking)
async def check_in(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    body: Annotated[Empty | None, Body()] = None,
) -> Response:
    """Let the guest in, from the day of arrival on."""
    message = CheckInGuest(booking_id=booking_id)
    return await side.carry_out(request, acted(check_in_guest), message, told(side, caller))


@router.post(
    "/v1/bookings/{booking_id}/complete", summary="Check a guest out", response_model=Booking
)
@guards(signed_in, sees_booking)
async def complete(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    body: Annotated[Empty | None, Body()] = None,
) -> Response:
    """See the guest off; who leaves early gives the nights that remain back."""
    message = CompleteBooking(booking_id=booking_id)
    return await side.carry_out(request, acted(complete_booking), message, told(side, caller))


@router.post(
    "/v1/bookings/{booking_id}/no-show",
    summary="Report that a guest never came",
    response_model=Booking,
)
@guards(signed_in, sees_booking)
async def no_show(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    body: Annotated[Reason | None, Body()] = None,
) -> Response:
    """Say that the guest never came, from check-in time on; the nights are free again.

    Support may say so earlier, with a reason.
    """
    message = MarkNoShow(booking_id=booking_id, reason=body.reason if body else None)
    return await side.carry_out(request, acted(mark_no_show), message, told(side, caller))


def acted(
    handle: Callable[[M, Work], Versioned[DomainBooking]],
) -> Callable[[M, Work], Acted]:
    """``handle``, with the side for which it was done, and what that side may write by now."""

    def carry_out(message: M, work: Work) -> Acted:
        booking = handle(message, work)
        return booking, work.acting_on(booking.state.id)[1], _beside(booking.state, work)

    return carry_out


def _beside(booking: DomainBooking, work: Work) -> Beside:
    actor = work.context.actor
    may = frozenset[Permission]()
    if booking.party(actor) is None:
        may = work.any_listing(booking.listing_id).state.permissions_of(actor)
    # Nothing else is reviewed, so that no other step need look.
    reviews = work.review_pair(booking).state if booking.status == "completed" else NO_REVIEWS
    return Beside(reviews=reviews, writes="messages" in may)


def told(side: Side, caller: UUID) -> Callable[[Acted], StoredResponse]:
    """How a booking is answered to ``caller``, by whichever side they acted for."""
    return lambda done: _answered(side, caller, *done)


def shown(
    side: Side, caller: UUID, status: int = 200
) -> Callable[[Versioned[DomainBooking]], StoredResponse]:
    """How a booking is answered to its guest, who made it just now when it is 201."""
    return lambda booking: _answered(side, caller, booking, "guest", status=status)


def _answered(
    side: Side,
    caller: UUID,
    booking: Versioned[DomainBooking],
    party: Party,
    beside: Beside = NOTHING_BESIDE,
    status: int = 200,
) -> StoredResponse:
    page = Booking.of(
        booking.state, booking.version, caller, side.clock(), party=party, beside=beside
    )
    location = f"/v1/bookings/{booking.state.id}" if status == 201 else None
    return stored(page, status, version=booking.version, location=location)
