"""What was agreed, for the guest and the host of a booking, and for support."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller
from api.conventions.guards import guards, sees_booking, signed_in
from api.conventions.reading import catch_up
from api.conventions.standing import acting_on, permissions_in
from api.querying import Side, answer
from api.representations.booking import Beside, Booking, RefundPreview
from api.representations.payment import Payments
from projections.booking.written import written_about

router = ordered_router("bookings")


@router.get("/v1/bookings/{booking_id}", summary="Show a booking", response_model=Booking)
@guards(signed_in, sees_booking)
async def show(request: Request, side: Side, caller: Caller, booking_id: UUID) -> Response:
    """A booking that you are a side of, or co-host; support sees every one."""
    told = await catch_up(request, side.applied)
    booking, version, party = await acting_on(side, booking_id, caller)
    reviews, conversation = (await written_about(side.generations, [booking_id]))[booking_id]
    own = booking.party(caller) is not None
    writes = own or "messages" in await permissions_in(side, booking.listing_id, caller)
    beside = Beside(reviews, conversation, writes)
    page = Booking.of(booking, version, caller, side.clock(), party=party, beside=beside)
    return answer(request, page, told, version=version)


@router.get(
    "/v1/bookings/{booking_id}/refund-preview",
    summary="Preview a refund",
    response_model=RefundPreview,
)
@guards(signed_in, sees_booking)
async def refund_preview(
    request: Request, side: Side, caller: Caller, booking_id: UUID
) -> Response:
    """What would go back if you cancelled now."""
    told = await catch_up(request, side.applied)
    booking, _version, party = await acting_on(side, booking_id, caller)
    return answer(request, RefundPreview.at(booking, party, side.clock()), told)


@router.get("/v1/bookings/{booking_id}/payments", summary="List payments", response_model=Payments)
@guards(signed_in, sees_booking)
async def payments(request: Request, side: Side, caller: Caller, booking_id: UUID) -> Response:
    """Every attempt to pay, the first one first."""
    told = await catch_up(request, side.applied)
    booking, version, _party = await acting_on(side, booking_id, caller)
    return answer(request, Payments.of(booking.account.payments), told, version=version)
