"""What is offered: a listing, its nights and their price."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field

from api.assembly import ordered_router
from api.conventions.callers import CallerIfAny
from api.conventions.guards import guards, sees_listing
from api.conventions.ranges import nights_between
from api.conventions.reading import catch_up
from api.querying import FRESH, PRIVATE, QuerySide, Side, answer
from api.representations.calendar import Calendar
from api.representations.listing import Listing
from api.representations.quote import Price, lines_of
from api.representations.rules import ListingRules
from api.representations.values import Day, Money, Whole
from domain.listing.offer import MOST_GUESTS, MOST_UNITS
from domain.listing.state import Listing as DomainListing
from domain.promotion.coupon import stands_until
from domain.quote.asked import Asked
from domain.quote.decisions import VALID_FOR, check_rules
from domain.quote.pricing import price as price_of
from domain.refusals import NoSuch
from domain.rules.checking import OLDEST
from domain.stay import Stay
from projections.calendar.queries import CalendarPage, calendar
from projections.listing_ratings.queries import ratings
from projections.promotion.queries import coupon as coupon_of

router = ordered_router("listings")

LONGEST_RANGE = 731
"""How many nights one calendar shows: the whole horizon."""

From = Annotated[Day, Query(alias="from")]
Guests = Annotated[Whole, Query(ge=1, le=MOST_GUESTS)]
Units = Annotated[Whole, Query(ge=1, le=MOST_UNITS)]
Ages = Annotated[
    list[Annotated[Whole, Field(ge=0, le=OLDEST)]] | None,
    Query(max_length=MOST_GUESTS, description="Repeated once for each guest, or left out."),
]
Coupon = Annotated[str | None, Query(max_length=100)]


@router.get("/v1/listings/{listing_id}", summary="Show a listing", response_model=Listing)
@guards(sees_listing)
async def show(request: Request, side: Side, caller: CallerIfAny, listing_id: UUID) -> Response:
    """What is offered, where, and on which terms."""
    told = await catch_up(request, side.applied)
    found = await side.listing(listing_id)
    if found is None or not await may_see(side, found[0], caller):
        raise NoSuch(what="listing", id=str(listing_id))
    listing, version = found
    rated = await ratings(side.generations, [listing_id], side.clock())
    page = Listing.of(listing, version, rating=rated.get(listing_id))
    return answer(request, page, told, version=version, cache=_cache(listing))


@router.get(
    "/v1/listings/{listing_id}/calendar",
    summary="Show a listing's calendar",
    response_model=Calendar,
)
@guards(sees_listing)
async def nights(
    request: Request, side: Side, caller: CallerIfAny, listing_id: UUID, from_: From, to: Day
) -> Response:
    """The nights from one day up to another: which are free, and at which price."""
    told = await catch_up(request, side.applied)
    stay = nights_between(from_, to, most=LONGEST_RANGE)
    page = await _calendar(side, listing_id, caller, stay)
    listing = page.listing
    return answer(
        request, Calendar.of(page), told, version=listing.version, cache=_cache(listing.state)
    )


@router.get("/v1/listings/{listing_id}/price", summary="Price a stay", response_model=Price)
@guards(sees_listing)
async def price(  # noqa: PLR0913, PLR0917 - what a price is asked with
    request: Request,
    side: Side,
    caller: CallerIfAny,
    listing_id: UUID,
    arrive: Day,
    depart: Day,
    guests: Guests,
    units: Units = 1,
    ages: Ages = None,
    coupon: Coupon = None,
) -> Response:
    """What a stay costs now, as a quote would say; nothing is written and nothing promised."""
    told = await catch_up(request, side.applied)
    stay, now = Stay(arrive, depart), side.clock()
    asked = Asked(stay=stay, guests=guests, units=units, ages=tuple(ages) if ages else None)
    found = await side.listing(listing_id)
    if found is None or not await may_see(side, found[0], caller):
        raise NoSuch(what="listing", id=str(listing_id))
    check_rules(found[0], stay, guests, units, now)
    shown = None
    if coupon:
        shown = await coupon_of(
            side.generations, coupon, found[0].host_id, guest_id=caller, now=now
        )
    nights = await _calendar(side, listing_id, caller, stay)
    listing = nights.listing
    priced = price_of(listing.state, listing.version, asked, now, shown)
    page = Price.model_construct(
        listing_id=listing_id,
        arrive=arrive,
        depart=depart,
        guests=guests,
        units=units,
        lines=lines_of(priced.lines),
        total=Money.of(priced.total),
        deposit=Money.of(priced.deposit) if priced.deposit else None,
        available=all(night.units_free >= units for night in nights.nights),
        expires_at=stands_until(shown, now + VALID_FOR),
    )
    return answer(request, page, told)


@router.get(
    "/v1/listings/{listing_id}/rules", summary="Show a listing's rules", response_model=ListingRules
)
@guards(sees_listing)
async def rules(request: Request, side: Side, caller: CallerIfAny, listing_id: UUID) -> Response:
    """What it asks of a stay and charges for it."""
    told = await catch_up(request, side.applied)
    found = await side.listing(listing_id)
    if found is None or not await may_see(side, found[0], caller):
        raise NoSuch(what="listing", id=str(listing_id))
    listing, version = found
    page = ListingRules.of(listing.rules, listing_id=listing.id, version=version)
    return answer(request, page, told, version=version, cache=_cache(listing))


async def may_see(side: QuerySide, listing: DomainListing, caller: UUID | None) -> bool:
    """Whether the caller may know of the listing: support may, besides its owner."""
    if listing.seen_by(caller):
        return True
    account = await side.account(caller) if caller else None
    return account is not None and "support" in account[0].roles


async def _calendar(
    side: QuerySide, listing_id: UUID, caller: UUID | None, stay: Stay
) -> CalendarPage:
    page = await calendar(side.generations, listing_id, stay, side.clock())
    if page is None or not await may_see(side, page.listing.state, caller):
        raise NoSuch(what="listing", id=str(listing_id))
    return page


def _cache(listing: DomainListing) -> str:
    return PRIVATE if listing.status == "draft" else FRESH
