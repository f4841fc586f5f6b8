"""Which slots of a listing by the hour are free."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.callers import CallerIfAny
from api.conventions.guards import guards, sees_listing
from api.conventions.ranges import nights_between
from api.conventions.reading import catch_up
from api.query_routes.listings import From, cache_of, may_see
from api.querying import Side, answer
from api.representations.slot import Slots
from api.representations.values import Day
from domain.refusals import NoSuch
from projections.calendar.queries import slots_of

router = ordered_router("listings")

LONGEST_RANGE = 31
"""How many days one page of slots shows."""


@router.get(
    "/v1/listings/{listing_id}/slots", summary="Show a listing's slots", response_model=Slots
)
@guards(sees_listing)
async def slots(
    request: Request, side: Side, caller: CallerIfAny, listing_id: UUID, from_: From, to: Day
) -> Response:
    """The slots that begin from one day up to another; a listing by days has none."""
    told = await catch_up(request, side.applied)
    days = nights_between(from_, to, most=LONGEST_RANGE)
    page = await slots_of(side.generations, listing_id, days, side.clock())
    if page is None or not await may_see(side, page.listing.state, caller):
        raise NoSuch(what="listing", id=str(listing_id))
    listing = page.listing
    return answer(
        request, Slots.of(page), told, version=listing.version, cache=cache_of(listing.state)
    )
