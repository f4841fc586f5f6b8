"""What was agreed, for the guest and the host of a booking."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller
from api.conventions.guards import guards, sees_booking, signed_in
from api.conventions.reading import catch_up
from api.conventions.standing import booking_for
from api.querying import Side, answer
from api.representations.booking import Booking, RefundPreview

router = ordered_router("bookings")


@router.get("/v1/bookings/{booking_id}", summary="Show a booking", response_model=Booking)
@guards(signed_in, sees_booking)
async def show(request: Request, side: Side, caller: Caller, booking_id: UUID) -> Response:
    """A booking that you are a side of, or co-host."""
    told = await catch_up(request, side.applied)
    booking, version = await booking_for(side, booking_id, caller, "bookings")
    page = Booking.of(booking, version, caller, side.clock())
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
    booking, _version = await booking_for(side, booking_id, caller, "bookings")
    return answer(request, RefundPreview.at(booking, caller, side.clock()), told)
