"""What is mine: my account, listings, trips and reservations."""

from __future__ import annotations

from time import monotonic
from uuid import UUID

import anyio
from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.bearer import unauthenticated
from api.conventions.callers import Caller
from api.conventions.cursors import DEFAULT_LIMIT, CursorText, Limit
from api.conventions.guards import guards, signed_in
from api.conventions.reading import PATIENCE, catch_up, not_yet
from api.querying import QuerySide, Side, answer
from api.representations.account import Account
from api.representations.booking import Beside, Booking, Bookings
from api.representations.listing import Listing, Listings
from api.representations.payment import Payouts
from api.representations.rules import DefaultRules
from domain.account.state import Account as DomainAccount
from domain.booking.state import Booking as DomainBooking
from domain.listing.state import Status
from projections.booking.written import written_about
from projections.host_listings.queries import co_hosted_listings, host_listings
from projections.listing_ratings.queries import ratings
from projections.lists import Page
from projections.payouts.queries import payouts
from projections.reservations.queries import reservations
from projections.trips.queries import trips

router = ordered_router("me")


@router.get("/v1/me", summary="Show my account", response_model=Account)
@guards(signed_in)
async def me(request: Request, side: Side, caller: Caller) -> Response:
    """Who I am, and what I may do."""
    told = await catch_up(request, side.applied)
    account, version = await _account(side, caller)
    return answer(request, Account.of(account, version), told, version=version)


@router.get("/v1/me/default-rules", summary="Show my default rules", response_model=DefaultRules)
@guards(signed_in)
async def my_default_rules(request: Request, side: Side, caller: Caller) -> Response:
    """The rules with which my listings begin."""
    told = await catch_up(request, side.applied)
    account, version = await _account(side, caller)
    page = DefaultRules.of(account.default_rules, version=version)
    return answer(request, page, told, version=version)


@router.get("/v1/me/listings", summary="List my listings", response_model=Listings)
@guards(signed_in)
async def my_listings(
    request: Request,
    side: Side,
    caller: Caller,
    status: Status | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """The listings that I host or co-host, the latest first; `permissions` marks the latter."""
    name = f"listings of {caller} {status}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    found = await host_listings(side.generations, caller, status=status, limit=limit, cursor=before)
    ids = [part.state.id for part in found.items]
    rated = await ratings(side.generations, ids, side.clock())
    items = [
        Listing.of(
            part.state,
            part.version,
            rating=rated.get(part.state.id),
            co_host=caller if part.state.host_id != caller else None,
        )
        for part in found.items
    ]
    return answer(request, Listings(items=items, next=side.cursor(name, found.next)), told)


@router.get("/v1/me/trips", summary="List my trips", response_model=Bookings)
@guards(signed_in)
async def my_trips(
    request: Request,
    side: Side,
    caller: Caller,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """What I booked, the latest first."""
    name = f"trips of {caller}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    found = await trips(side.generations, caller, limit=limit, cursor=before)
    return answer(request, await _bookings(side, caller, name, found), told)


@router.get(
    "/v1/me/reservations", summary="List reservations of my listings", response_model=Bookings
)
@guards(signed_in)
async def my_reservations(
    request: Request,
    side: Side,
    caller: Caller,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """What guests booked of the listings that I host or co-host, the latest first."""
    name = f"reservations of {caller}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    found = await reservations(side.generations, caller, limit=limit, cursor=before)
    return answer(request, await _bookings(side, caller, name, found), told)


@router.get("/v1/me/payouts", summary="List my payouts", response_model=Payouts)
@guards(signed_in)
async def my_payouts(
    request: Request,
    side: Side,
    caller: Caller,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """What I was paid and am to be paid as a host, for the latest reservation first."""
    name = f"payouts of {caller}"
    before = side.place(name, cursor)
    told = await catch_up(request, side.applied)
    found = await payouts(side.generations, caller, limit=limit, cursor=before)
    page = Payouts.of([part.state for part in found.items], side.cursor(name, found.next))
    return answer(request, page, told)


async def _account(side: QuerySide, caller: Caller) -> tuple[DomainAccount, int]:
    patience = monotonic() + PATIENCE
    # A token proves that the account exists: a page that is not there yet is on its way.
    while (found := await side.account(caller)) is None:
        if monotonic() > patience:
            raise not_yet()
        await anyio.sleep(0.05)
    if found[0].erased:
        raise unauthenticated("This account is erased.")
    return found


async def _bookings(
    side: QuerySide, caller: Caller, name: str, found: Page[DomainBooking]
) -> Bookings:
    now = side.clock()
    written = await written_about(side.generations, [part.state.id for part in found.items])
    written_for = await _written_for(side, caller, found)
    items = [
        Booking.of(
            part.state,
            part.version,
            caller,
            now,
            beside=Beside(*written[part.state.id], part.state.listing_id in written_for),
            listed=True,
        )
        for part in found.items
    ]
    return Bookings.model_construct(items=items, next=side.cursor(name, found.next))


async def _written_for(
    side: QuerySide, caller: Caller, found: Page[DomainBooking]
) -> frozenset[UUID]:
    """The listings of others for whose host the caller reads and writes messages."""
    if all(part.state.party(caller) for part in found.items):
        return frozenset()
    return frozenset(
        part.state.id
        for part in await co_hosted_listings(side.generations, caller)
        if "messages" in part.state.permissions_of(caller)
    )
