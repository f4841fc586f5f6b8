"""What happens to bookings, told while it happens."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import ExitStack
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from api.assembly import ordered_router
from api.conventions.bearer import unauthenticated
from api.conventions.guards import guards
from api.conventions.problems import Problem, bad_header, invalid
from api.conventions.reading import asked_positions
from api.conventions.standing import acting_on
from api.live.answer import EventStream
from api.live.frames import LiveEvent
from api.live.hub import Listener
from api.live.telling import May, tell
from api.live.tickets import ME, invalid_ticket, redeem
from api.positions import Positions, decode_positions
from api.querying import QuerySide, Side
from domain.booking.state import Booking
from domain.refusals import NoSuch
from eventlog.partitioner import PARTITIONS, partition_of
from projections.feed.entry import Entry
from projections.feed.queries import Reach
from projections.host_listings.queries import co_hosted_listings

router = ordered_router("live")

LAST_SEEN = "Last-Event-ID"

TicketText = Annotated[
    str | None, Query(description="From `POST …/live-ticket`; not with an access token.")
]
After = Annotated[
    str | None,
    Query(
        max_length=1_000,
        description=f"As `{LAST_SEEN}`, where headers can't be sent: an event's id, or the "
        "`Sojourn-Position` of a page that was read.",
    ),
]
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": LiveEvent,
        "description": "Server-sent events; the model is that of their `data`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    401: {"description": "No valid ticket, and no access token."},
    429: {"description": "Too many open streams."},
}


@router.get(
    "/v1/bookings/{booking_id}/live",
    summary="Listen to a booking",
    status_code=200,
    response_class=EventStream,
    responses=EVENTS,
)
@guards()
async def listen_to_booking(
    request: Request,
    side: Side,
    booking_id: UUID,
    ticket: TicketText = None,
    after: After = None,
) -> Response:
    """Everything that happens to a booking, for who may see it."""
    account = await _admitted(request, side, ticket, str(booking_id))

    async def may() -> Booking:
        await _known(side, account)
        booking, _, _ = await acting_on(side, booking_id, account)
        return booking

    booking = await may()
    return await _listening(
        request,
        side,
        account,
        lambda entry: entry.booking_id == booking_id,
        partitions=[partition_of(str(booking.listing_id))],
        after=after,
        may=may,
    )


@router.get(
    "/v1/me/live",
    summary="Listen to my listings' bookings",
    status_code=200,
    response_class=EventStream,
    responses=EVENTS,
)
@guards()
async def listen_to_mine(
    request: Request, side: Side, ticket: TicketText = None, after: After = None
) -> Response:
    """Everything that happens to bookings of listings that I host, or co-host with `bookings`."""
    account = await _admitted(request, side, ticket, ME)
    helped: set[UUID] = set()

    async def may() -> None:
        await _known(side, account)
        found = await co_hosted_listings(side.generations, account)
        helped.clear()
        helped.update(
            part.state.id for part in found if "bookings" in part.state.permissions_of(account)
        )

    await may()
    return await _listening(
        request,
        side,
        account,
        lambda entry: entry.host_id == account or entry.listing_id in helped,
        partitions=range(PARTITIONS),
        after=after,
        may=may,
    )


async def _admitted(request: Request, side: QuerySide, ticket: str | None, stream: str) -> UUID:
    """Who listens: by a ticket, or by an access token where headers can be sent."""
    caller: UUID | None = request.state.caller
    if ticket is None and caller is not None:
        await side.reach(asked_positions(request) or {})
        return caller
    if ticket is None:
        raise invalid_ticket("There is no ticket.")

    async def reach(positions: Positions) -> None:
        await side.reach(positions)
        # Without a feed to listen to the answer is 503, and the ticket is good for another try.
        await side.live.feed.reach()

    return await redeem(
        request.app.state.verifier, ticket, stream, reach=reach, use=side.live.feed.use
    )


async def _listening(
    request: Request,
    side: QuerySide,
    account: UUID,
    wants: Callable[[Entry], bool],
    *,
    partitions: Iterable[int],
    after: str | None,
    may: May,
) -> Response:
    seen = _last_seen(request, after)
    address = request.client.host if request.client else "unknown"
    opened = ExitStack()
    listener: Listener = opened.enter_context(side.live.listening(account, address, wants))
    try:
        # Only now: what is recorded from here on is heard by the listener.
        reach: Reach = await side.live.reach()
    except BaseException:
        opened.close()
        raise
    frames: AsyncGenerator[bytes] = tell(side.live, listener, reach.of(partitions), seen, may)
    return EventStream(frames, opened.close)


def _last_seen(request: Request, after: str | None) -> dict[int, int]:
    """Behind what the client wants to go on; 400 or 422 for what is no token."""
    header = request.headers.get(LAST_SEEN)
    token = header or after
    if not token:
        return {}
    try:
        return decode_positions(token)
    except ValueError:
        told = "is neither the id of an event nor a Sojourn-Position"
        problem: Problem = invalid("after", "bad_position", told)
        if header:
            problem = bad_header(LAST_SEEN, "bad_position", f"{LAST_SEEN} {told}.")
        raise problem from None


async def _known(side: QuerySide, account: UUID) -> None:
    """Raises NoSuch for an account that is not there, 401 for one that is erased."""
    found = await side.account(account)
    if found is None:
        raise NoSuch(what="account", id=str(account))
    if found[0].erased:
        raise unauthenticated("This account is erased.")
