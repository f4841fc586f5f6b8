"""What guests and hosts wrote to each other, for the two sides."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller
from api.conventions.cursors import DEFAULT_LIMIT, CursorText, Limit
from api.conventions.guards import guards, sees_inquiry, sees_listing, signed_in, takes_part
from api.conventions.reading import catch_up
from api.conventions.standing import booking_for, inquiry_for
from api.query_routes.listings import may_see
from api.querying import QuerySide, Side, answer
from api.representations.conversation import (
    Inquiries,
    Inquiry,
    Message,
    Messages,
    OfBooking,
    OfBookings,
)
from domain.booking.facts import Side as BookingSide
from domain.conversation.state import EMPTY, Conversation
from domain.refusals import NoSuch
from domain.streams import conversation_stream
from projections.booking.written import written_about
from projections.conversation.queries import inquiries_of_guest, inquiries_of_listing
from projections.lists import Page
from projections.reservations.queries import reservations

router = ordered_router("messages")


@router.get(
    "/v1/bookings/{booking_id}/messages",
    summary="List messages about a booking",
    response_model=Messages,
)
@guards(signed_in, takes_part("messages"))
async def of_booking(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """The oldest first, each with who wrote it and whether the other side has read it."""
    name = f"messages of {booking_id}"
    after = side.place(name, cursor) or 0
    told = await catch_up(request, side.applied)
    booking, _version = await booking_for(side, booking_id, caller, "messages")
    found = await side.conversation(booking_id)
    conversation = found[0] if found else EMPTY
    conversation = await side.readable(conversation, conversation_stream(booking_id))
    page = _page(side, name, conversation, booking.acts_as(caller), after, limit)
    return answer(request, page, told)


@router.get(
    "/v1/inquiries/{inquiry_id}/messages",
    summary="List messages of an inquiry",
    response_model=Messages,
)
@guards(signed_in, sees_inquiry)
async def of_inquiry(
    request: Request,
    side: Side,
    caller: Caller,
    inquiry_id: UUID,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """The oldest first, each with who wrote it and whether the other side has read it."""
    name = f"messages of {inquiry_id}"
    after = side.place(name, cursor) or 0
    told = await catch_up(request, side.applied)
    conversation, of = await inquiry_for(side, inquiry_id, caller)
    conversation = await side.readable(conversation, conversation_stream(inquiry_id))
    return answer(request, _page(side, name, conversation, of, after, limit), told)


@router.get(
    "/v1/listings/{listing_id}/inquiries",
    summary="List inquiries about a listing",
    response_model=Inquiries,
)
@guards(signed_in, sees_listing)
async def about_listing(
    request: Request,
    side: Side,
    caller: Caller,
    listing_id: UUID,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """All of them for who looks after its messages, your own otherwise; the latest first."""
    name = f"inquiries of {caller} about {listing_id}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    listing = await side.listing(listing_id)
    if listing is None or not await may_see(side, listing[0], caller):
        raise NoSuch(what="listing", id=str(listing_id))
    if "messages" in listing[0].permissions_of(caller):
        found = await inquiries_of_listing(side.generations, listing_id, limit=limit, cursor=before)
    else:
        found = await inquiries_of_guest(
            side.generations, caller, about=listing_id, limit=limit, cursor=before
        )
    return answer(request, await _inquiries(side, caller, name, found), told)


@router.get("/v1/me/inquiries", summary="List my inquiries", response_model=Inquiries)
@guards(signed_in)
async def mine(
    request: Request,
    side: Side,
    caller: Caller,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """What I asked hosts before booking, the latest first."""
    name = f"inquiries of {caller}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    found = await inquiries_of_guest(side.generations, caller, limit=limit, cursor=before)
    return answer(request, await _inquiries(side, caller, name, found), told)


@router.get(
    "/v1/me/conversations",
    summary="List conversations with my guests",
    response_model=OfBookings,
)
@guards(signed_in)
async def with_guests(
    request: Request,
    side: Side,
    caller: Caller,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """One for each booking of the listings that you host, or co-host with their messages."""
    name = f"conversations of {caller}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    found = await reservations(
        side.generations, caller, permission="messages", limit=limit, cursor=before
    )
    written = await written_about(side.generations, [part.state.id for part in found.items])
    items: list[OfBooking] = []
    for part in found.items:
        _reviews, conversation = written[part.state.id]
        opened = await side.readable(conversation, conversation_stream(part.state.id))
        items.append(OfBooking.of(part.state, opened))
    page = OfBookings.model_construct(items=items, next=side.cursor(name, found.next))
    return answer(request, page, told)


def _page(
    side: QuerySide, name: str, conversation: Conversation, of: BookingSide, after: int, limit: int
) -> Messages:
    end = min(after + limit, len(conversation.messages))
    return Messages.model_construct(
        items=[Message.of(conversation, index) for index in range(after, end)],
        unread=conversation.unread(of),
        next=side.cursor(name, end if end < len(conversation.messages) else None),
    )


async def _inquiries(
    side: QuerySide, caller: UUID, name: str, found: Page[Conversation]
) -> Inquiries:
    items: list[Inquiry] = []
    for part in found.items:
        inquiry = part.state.inquiry
        assert inquiry is not None, "only inquiries are listed"
        opened = await side.readable(part.state, conversation_stream(inquiry.id))
        items.append(Inquiry.of(opened, "guest" if inquiry.guest_id == caller else "host"))
    return Inquiries.model_construct(
        items=items,
        next=side.cursor(name, found.next),
    )
