"""Guests wait for nights that are taken, and take them when they come free."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Body, Request, Response
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.command_routes.quotes import quoted
from api.commanding import Side, done, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, sees_listing, signed_in
from api.representations.quote import Quote
from api.representations.values import Empty
from api.representations.waitlist import WaitlistBody, WaitlistEntry
from commands.accept_offer import AcceptOffer, accept_offer
from commands.join_waitlist import InLine, JoinWaitlist, join_waitlist
from commands.leave_waitlist import LeaveWaitlist, leave_waitlist
from commands.receipts import StoredResponse

router = ordered_router("waitlist")


@router.post(
    "/v1/listings/{listing_id}/waitlist",
    summary="Wait for nights that are taken",
    status_code=201,
    response_model=WaitlistEntry,
)
@guards(signed_in, sees_listing)
async def join(
    request: Request, side: Side, caller: Caller, listing_id: UUID, body: WaitlistBody
) -> Response:
    """Get in line; for nights that you wait for already you keep your place."""
    when = body.when()
    message = JoinWaitlist(
        entry_id=uuid7(),
        listing_id=listing_id,
        guest_id=caller,
        stay=when.stay,
        times=when.times,
        guests=body.guests,
        units=body.units,
    )

    def respond(made: InLine) -> StoredResponse:
        entry, waitlist = made.entry, made.waitlist.state
        return stored(WaitlistEntry.of(listing_id, entry, waitlist, side.clock()), 201)

    return await side.carry_out(request, join_waitlist, message, respond)


@router.delete(
    "/v1/listings/{listing_id}/waitlist/{entry_id}", summary="Wait no longer", status_code=204
)
@guards(signed_in, sees_listing)
async def leave(
    request: Request, side: Side, caller: Caller, listing_id: UUID, entry_id: UUID
) -> Response:
    """Leave the line; nights that were offered to you go to the next."""
    message = LeaveWaitlist(listing_id=listing_id, entry_id=entry_id)
    return await side.carry_out(request, leave_waitlist, message, done)


@router.post(
    "/v1/listings/{listing_id}/waitlist/{entry_id}/accept",
    summary="Accept an offer",
    status_code=201,
    response_model=Quote,
)
@guards(signed_in, sees_listing)
async def accept(
    request: Request,
    side: Side,
    caller: Caller,
    listing_id: UUID,
    entry_id: UUID,
    body: Annotated[Empty | None, Body()] = None,
) -> Response:
    """Have the price of what is offered pinned; booking the quote takes the nights over."""
    message = AcceptOffer(quote_id=uuid7(), listing_id=listing_id, entry_id=entry_id)
    return await side.carry_out(request, accept_offer, message, quoted)
