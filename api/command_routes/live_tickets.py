"""Tickets to listen: an EventSource can't send an access token."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Body, Request, Response
from pydantic import BaseModel, Field

from api.assembly import ordered_router
from api.commanding import CommandSide, Side
from api.conventions.callers import Caller
from api.conventions.guards import guards, sees_booking, sight_of, signed_in
from api.conventions.standing import acting_on
from api.live.tickets import LIFETIME, ME, Ticket, issue
from api.representations.values import Empty, page_of
from domain.streams import account_stream, booking_stream

router = ordered_router("live")


class LiveTicket(BaseModel):
    """Good for one connection, if it is made in time."""

    ticket: str
    url: Annotated[str, Field(description="Where to listen with it, relative to this API.")]
    expires_in: Annotated[int, Field(description="Seconds.")] = int(LIFETIME.total_seconds())


@router.post(
    "/v1/bookings/{booking_id}/live-ticket",
    summary="Get a ticket to listen to a booking",
    status_code=201,
    response_model=LiveTicket,
)
@guards(signed_in, sees_booking)
async def ticket_to_booking(
    request: Request,
    side: Side,
    caller: Caller,
    booking_id: UUID,
    body: Annotated[Empty | None, Body()] = None,
) -> Response:
    """Single use, and good for a minute. It is never kept: repeats get another.

    Listening with it waits until the booking, as it is now, can be read.
    """
    await acting_on(sight_of(request), booking_id, caller)
    seen = await side.standing(caller, account_stream(caller), booking_stream(booking_id))
    ticket = Ticket(account=caller, stream=str(booking_id), seen=seen)
    return _given(side, ticket, f"/v1/bookings/{booking_id}/live")


@router.post(
    "/v1/me/live-ticket",
    summary="Get a ticket to listen to my listings' bookings",
    status_code=201,
    response_model=LiveTicket,
)
@guards(signed_in)
async def ticket_to_mine(
    request: Request, side: Side, caller: Caller, body: Annotated[Empty | None, Body()] = None
) -> Response:
    """Single use, and good for a minute. It is never kept: repeats get another."""
    seen = await side.standing(caller, account_stream(caller))
    return _given(side, Ticket(account=caller, stream=ME, seen=seen), "/v1/me/live")


def _given(side: CommandSide, ticket: Ticket, path: str) -> Response:
    text = issue(side.sign_in.issuer, ticket)
    page = LiveTicket(ticket=text, url=f"{path}?ticket={text}")
    return Response(
        page_of(page), 201, {"Cache-Control": "no-store"}, media_type="application/json"
    )
