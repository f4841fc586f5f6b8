"""Hosts set what their listings ask of stays and charge for them, always and on single dates."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from api.assembly import ordered_router
from api.command_routes.listings import expected_version
from api.commanding import Side, stored
from api.conventions.callers import Caller
from api.conventions.etags import named_versions
from api.conventions.guards import guards, if_match, is_me, looks_after, sight_of, signed_in
from api.representations.dates import CalendarPatch
from api.representations.listing import Listing
from api.representations.rules import DefaultRules, ListingRules, RulesBody
from commands.change_dates import ChangeDates, change_dates
from commands.receipts import StoredResponse
from commands.set_default_rules import SetDefaultRules, set_default_rules
from commands.set_rules import SetRules, set_rules
from commands.versioned import Versioned
from domain.account.state import Account as DomainAccount
from domain.listing.state import Listing as DomainListing

router = ordered_router("rules")


@router.put(
    "/v1/listings/{listing_id}/rules", summary="Set a listing's rules", response_model=ListingRules
)
@guards(signed_in, looks_after("listing"), if_match)
async def put_rules(
    request: Request, side: Side, caller: Caller, listing_id: UUID, body: RulesBody
) -> Response:
    """Set the whole document, for quotes from now on; what was quoted stands."""
    message = SetRules(
        listing_id=listing_id,
        expected=await expected_version(request, listing_id),
        rules=body.to_domain(),
    )
    return await side.carry_out(request, set_rules, message, _rules)


@router.patch(
    "/v1/listings/{listing_id}/calendar",
    summary="Change prices and rules of single dates",
    response_model=Listing,
)
@guards(signed_in, looks_after("calendar"), if_match)
async def change_calendar(
    request: Request, side: Side, caller: Caller, listing_id: UUID, body: CalendarPatch
) -> Response:
    """Set prices and minimum lengths of many dates at once, close or open them: all or none."""
    message = ChangeDates(
        listing_id=listing_id,
        expected=await expected_version(request, listing_id),
        changes=[each.to_domain() for each in body.changes],
    )
    return await side.carry_out(request, change_dates, message, _listing)


@router.put("/v1/me/default-rules", summary="Set my default rules", response_model=DefaultRules)
@guards(signed_in, is_me, if_match)
async def put_default_rules(
    request: Request, side: Side, caller: Caller, body: RulesBody
) -> Response:
    """Set the rules with which your listings begin, from now on."""
    named = named_versions(request) or frozenset({0})
    found = await sight_of(request).account(caller) if len(named) > 1 else None
    expected = found[1] if found and found[1] in named else max(named)
    message = SetDefaultRules(account_id=caller, expected=expected, rules=body.to_domain())
    return await side.carry_out(request, set_default_rules, message, _default_rules)


def _rules(listing: Versioned[DomainListing]) -> StoredResponse:
    page = ListingRules.of(
        listing.state.rules, listing_id=listing.state.id, version=listing.version
    )
    return stored(page, version=listing.version)


def _listing(listing: Versioned[DomainListing]) -> StoredResponse:
    return stored(Listing.of(listing.state, listing.version), version=listing.version)


def _default_rules(account: Versioned[DomainAccount]) -> StoredResponse:
    page = DefaultRules.of(account.state.default_rules, version=account.version)
    return stored(page, version=account.version)
