"""What a guest waits for, and how many wait for what a host offers."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller
from api.conventions.cursors import DEFAULT_LIMIT, CursorText, Limit
from api.conventions.guards import guards, owns_listing, signed_in
from api.conventions.reading import catch_up
from api.querying import Side, answer
from api.representations.waitlist import WaitlistCount, WaitlistEntries, WaitlistEntry
from domain.refusals import NoSuch, NotYours
from projections.waitlist.queries import waiting, wishes

router = ordered_router("waitlist")


@router.get("/v1/me/waitlist", summary="List what I wait for", response_model=WaitlistEntries)
@guards(signed_in)
async def my_waitlist(
    request: Request,
    side: Side,
    caller: Caller,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """My places in line and the offers made to me, the latest first; past stays drop out."""
    name = f"waitlist of {caller}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    found = await wishes(side.generations, caller, limit=limit, cursor=before)
    now = side.clock()
    items = [
        WaitlistEntry.of(wish.listing_id, wish.entry, wish.waitlist, now) for wish in found.items
    ]
    page = WaitlistEntries.model_construct(items=items, next=side.cursor(name, found.next))
    return answer(request, page, told)


@router.get(
    "/v1/listings/{listing_id}/waitlist",
    summary="Count who waits, as the host",
    response_model=WaitlistCount,
)
@guards(signed_in, owns_listing)
async def count(request: Request, side: Side, caller: Caller, listing_id: UUID) -> Response:
    """How many wait for nights of my listing."""
    told = await catch_up(request, side.applied)
    listing = await side.listing(listing_id)
    if listing is None or not listing[0].seen_by(caller):
        raise NoSuch(what="listing", id=str(listing_id))
    if listing[0].host_id != caller:
        raise NotYours(action="see who waits for this listing")
    number = await waiting(side.generations, listing_id, side.clock())
    return answer(request, WaitlistCount(listing_id=listing_id, waiting=number), told)
