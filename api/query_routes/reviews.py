"""What was said of a stay, to those who may read it now."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller, CallerIfAny
from api.conventions.cursors import DEFAULT_LIMIT, CursorText, Limit
from api.conventions.guards import guards, sees_listing, signed_in, takes_part
from api.conventions.reading import catch_up
from api.conventions.standing import booking_for
from api.query_routes.listings import may_see
from api.querying import FRESH, PRIVATE, Side, answer
from api.representations.review import BookingReviews, ListingReviews
from domain.refusals import NoSuch
from domain.review.decisions import REVIEW_WITHIN
from domain.review.rating import Rating
from domain.review.state import Review
from domain.streams import review_stream
from projections.listing_ratings.queries import ratings
from projections.reviews.queries import listing_reviews, review_pair

router = ordered_router("reviews")


@router.get(
    "/v1/bookings/{booking_id}/reviews",
    summary="List the reviews of a stay",
    response_model=BookingReviews,
)
@guards(signed_in, takes_part("bookings"))
async def of_booking(request: Request, side: Side, caller: Caller, booking_id: UUID) -> Response:
    """Your side's review, and the other's once both have written or the time is over."""
    told = await catch_up(request, side.applied)
    booking, _version = await booking_for(side, booking_id, caller, "bookings")
    pair = await review_pair(side.generations, booking_id)
    pair = await side.readable(pair, review_stream(booking_id))
    ended = booking.completed_at
    closes_at = ended + REVIEW_WITHIN if ended else None
    page = BookingReviews.of(pair, booking.acts_as(caller), closes_at, side.clock())
    return answer(request, page, told)


@router.get(
    "/v1/listings/{listing_id}/reviews",
    summary="List the reviews of a listing",
    response_model=ListingReviews,
)
@guards(sees_listing)
async def of_listing(
    request: Request,
    side: Side,
    caller: CallerIfAny,
    listing_id: UUID,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """What guests said of it, the latest first, and the rating of all that they said."""
    name = f"reviews of {listing_id}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    listing = await side.listing(listing_id)
    if listing is None or not await may_see(side, listing[0], caller):
        raise NoSuch(what="listing", id=str(listing_id))
    now = side.clock()
    found = await listing_reviews(side.generations, listing_id, now, limit=limit, cursor=before)
    rated = await ratings(side.generations, [listing_id], now)
    reviews: list[Review] = []
    for part in found.items:
        if part.state.guest and part.state.booking_id:
            stream = review_stream(part.state.booking_id)
            reviews.append(await side.readable(part.state.guest, stream))
    page = ListingReviews.of(
        reviews, rated.get(listing_id, Rating()), side.cursor(name, found.next)
    )
    cache = PRIVATE if listing[0].status == "draft" else FRESH
    return answer(request, page, told, cache=cache)
