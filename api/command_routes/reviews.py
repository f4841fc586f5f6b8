"""Guests and hosts review a stay, and answer what was said of them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from fastapi import Request, Response
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import Side, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, sees_booking, signed_in
from api.representations.review import ReplyBody, Review, ReviewBody
from commands.receipts import StoredResponse
from commands.reply_to_review import ReplyToReview, reply_to_review
from commands.review_stay import Reviewed, ReviewStay, review_stay

router = ordered_router("reviews")


@router.post(
    "/v1/bookings/{booking_id}/reviews",
    summary="Review a stay",
    status_code=201,
    response_model=Review,
)
@guards(signed_in, sees_booking)
async def review(
    request: Request, side: Side, caller: Caller, booking_id: UUID, body: ReviewBody
) -> Response:
    """Say how it was, once and within 14 days; the other side reads it once it has written too."""
    message = ReviewStay(booking_id=booking_id, review_id=uuid7(), written=body.to_domain())
    return await side.carry_out(request, review_stay, message, _shown(201))


@router.post(
    "/v1/bookings/{booking_id}/reviews/{review_id}/reply",
    summary="Reply to a review",
    response_model=Review,
)
@guards(signed_in, sees_booking)
async def reply(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    review_id: UUID,
    body: ReplyBody,
) -> Response:
    """Answer a published review of your side, once."""
    message = ReplyToReview(booking_id=booking_id, review_id=review_id, text=body.text)
    return await side.carry_out(request, reply_to_review, message, _shown())


def _shown(status: int = 200) -> Callable[[Reviewed], StoredResponse]:
    def respond(made: Reviewed) -> StoredResponse:
        page = Review.of(made.review, published=made.published)
        location = f"/v1/bookings/{made.booking_id}/reviews" if status == 201 else None
        return stored(page, status, location=location)

    return respond
