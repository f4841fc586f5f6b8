"""What is offered: a listing, its nights and their price."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field

from api.assembly import ordered_router
from api.conventions.callers import CallerIfAny
from api.conventions.guards import guards, sees_listing
from api.conventions.problems import invalid
from api.conventions.ranges import nights_between
from api.conventions.reading import catch_up
from api.querying import FRESH, PRIVATE, QuerySide, Side, answer
from api.representations.calendar import Calendar
from api.representations.listing import Listing
from api.representations.quote import Price, lines_of
from api.representations.rules import ListingRules
from api.representations.values import Day, LocalTime, Money, Whole
from api.representations.when import When, WrongPair
from domain.listing.offer import MOST_GUESTS, MOST_UNITS
from domain.listing.state import Listing as DomainListing
from domain.promotion.coupon import stands_until
from domain.quote.asked import Asked
from domain.quote.decisions import VALID_FOR, check_rules
from domain.quote.pricing import price as price_of
from domain.quote.slots import slot_lengths
from domain.refusals import NoSuch
from domain.rules.checking import OLDEST
from domain.slot import asked_for
from domain.stay import Stay
from projections.calendar.queries import CalendarPage, calendar, room_for
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
    return answer(request, page, told, version=version, cache=cache_of(listing))


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
        request, Calendar.of(page), told, version=listing.version, cache=cache_of(listing.state)
    )


@router.get("/v1/listings/{listing_id}/price", summary="Price a stay", response_model=Price)
@guards(sees_listing)
async def price(  # noqa: PLR0913, PLR0917 - what a price is asked with
    request: Request,
    side: Side,
    caller: CallerIfAny,
    listing_id: UUID,
    guests: Guests,
    arrive: Day | None = None,
    depart: Day | None = None,
    starts_at: LocalTime | None = None,
    ends_at: LocalTime | None = None,
    units: Units = 1,
    ages: Ages = None,
    coupon: Coupon = None,
) -> Response:
    """What a stay costs now, as a quote would say; nothing is written and nothing promised."""
    told = await catch_up(request, side.applied)
    try:
        when = When(arrive=arrive, depart=depart, starts_at=starts_at, ends_at=ends_at)
    except WrongPair as wrong:
        raise invalid(wrong.field, "wrong_dates", str(wrong)) from None
    named, now = when.stay, side.clock()
    found = await side.listing(listing_id)
    if found is None or not await may_see(side, found[0], caller):
        raise NoSuch(what="listing", id=str(listing_id))
    stay, slot = asked_for(named, when.times, found[0].time_zone)
    asked = Asked(
        stay=stay,
        guests=guests,
        units=units,
        ages=tuple(ages) if ages else None,
        slot=slot,
        lengths=slot_lengths(found[0], slot),
    )
    check_rules(found[0], stay, guests, units, now, slot)
    shown = None
    if coupon:
        shown = await coupon_of(
            side.generations, coupon, found[0].host_id, guest_id=caller, now=now
        )
    room = await room_for(side.generations, listing_id, stay, slot, now)
    if room is None:
        raise NoSuch(what="listing", id=str(listing_id))
    listing, free = room
    priced = price_of(listing.state, listing.version, asked, now, shown)
    page = Price.model_construct(
        listing_id=listing_id,
        arrive=stay.arrive,
        depart=stay.depart,
        starts_at=slot.starts_at if slot else None,
        ends_at=slot.ends_at if slot else None,
        guests=guests,
        units=units,
        lines=lines_of(priced.lines),
        total=Money.of(priced.total),
        deposit=Money.of(priced.deposit) if priced.deposit else None,
        available=free >= units,
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
    return answer(request, page, told, version=version, cache=cache_of(listing))


async def may_see(side: QuerySide, listing: DomainListing, caller: UUID | None) -> bool:
    """Whether the caller may know of the listing: support may, besides its owner."""
    if listing.seen_by(caller) or caller is None:
        return listing.seen_by(caller)
    return "support" in await side.roles(caller)


async def _calendar(
    side: QuerySide, listing_id: UUID, caller: UUID | None, stay: Stay
) -> CalendarPage:
    page = await calendar(side.generations, listing_id, stay, side.clock())
    if page is None or not await may_see(side, page.listing.state, caller):
        raise NoSuch(what="listing", id=str(listing_id))
    return page


def cache_of(listing: DomainListing) -> str:
    """Drafts are their owner's alone."""
    return PRIVATE if listing.status == "draft" else FRESH
