"""Hosts begin, change and publish listings."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Request, Response
from pydantic import ValidationError
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import Side, stored
from api.conventions.callers import Caller
from api.conventions.etags import named_versions
from api.conventions.guards import (
    guards,
    if_match,
    looks_after,
    owns_listing,
    sight_of,
    signed_in,
)
from api.conventions.invalid_input import problem_of_validation
from api.merge_patch import merged, patch_schema
from api.representations.listing import Listing, ListingBody, terms_of
from api.representations.values import Empty
from commands.archive_listing import ArchiveListing, archive_listing
from commands.change_listing import ChangeListing, change_listing
from commands.copy_listing import CopyListing, copy_listing
from commands.create_listing import CreateListing, create_listing
from commands.publish_listing import PublishListing, publish_listing
from commands.receipts import StoredResponse
from commands.unpublish_listing import UnpublishListing, unpublish_listing
from commands.versioned import Versioned
from domain.listing.offer import Offer
from domain.listing.state import Listing as DomainListing

router = ordered_router("listings")

NoBody = Annotated[Empty | None, Body()]

PATCH_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "What is to change; the result is checked as a whole.",
        "content": {"application/json": {"schema": patch_schema(ListingBody)}},
    }
}


@router.post("/v1/listings", summary="Begin a listing", status_code=201, response_model=Listing)
@guards(signed_in)
async def create(request: Request, side: Side, caller: Caller, body: ListingBody) -> Response:
    """Begin a listing; only you see it until it is published."""
    message = CreateListing(listing_id=uuid7(), host_id=caller, offer=body.to_offer())
    return await side.carry_out(request, create_listing, message, _created)


@router.patch(
    "/v1/listings/{listing_id}",
    summary="Change a listing",
    response_model=Listing,
    openapi_extra=PATCH_BODY,
)
@guards(signed_in, looks_after("listing"), if_match)
async def change(
    request: Request,
    side: Side,
    caller: Caller,
    listing_id: UUID,
    body: Annotated[dict[str, Any], Body()],
) -> Response:
    """Change what a listing says or offers."""

    def revise(listing: DomainListing) -> Offer:
        try:
            return ListingBody.model_validate(merged(terms_of(listing), body)).to_offer()
        except ValidationError as error:
            raise problem_of_validation(error) from None

    expected = await expected_version(request, listing_id)
    message = ChangeListing(listing_id=listing_id, expected=expected, revise=revise)
    return await side.carry_out(request, change_listing, message, _shown)


@router.post(
    "/v1/listings/{listing_id}/publish", summary="Publish a listing", response_model=Listing
)
@guards(signed_in, looks_after("listing"))
async def publish(
    request: Request, side: Side, caller: Caller, listing_id: UUID, body: NoBody = None
) -> Response:
    """Let guests find and book it."""
    message = PublishListing(listing_id=listing_id)
    return await side.carry_out(request, publish_listing, message, _shown)


@router.post(
    "/v1/listings/{listing_id}/unpublish",
    summary="Take a listing off the market",
    response_model=Listing,
)
@guards(signed_in, looks_after("listing"))
async def unpublish(
    request: Request, side: Side, caller: Caller, listing_id: UUID, body: NoBody = None
) -> Response:
    """Take no new bookings; those it has stand."""
    message = UnpublishListing(listing_id=listing_id)
    return await side.carry_out(request, unpublish_listing, message, _shown)


@router.post(
    "/v1/listings/{listing_id}/archive", summary="Archive a listing", response_model=Listing
)
@guards(signed_in, owns_listing)
async def archive(
    request: Request, side: Side, caller: Caller, listing_id: UUID, body: NoBody = None
) -> Response:
    """Put it away for good."""
    message = ArchiveListing(listing_id=listing_id)
    return await side.carry_out(request, archive_listing, message, _shown)


@router.post(
    "/v1/listings/{listing_id}/copy",
    summary="Copy a listing",
    status_code=201,
    response_model=Listing,
)
@guards(signed_in, owns_listing)
async def copy(
    request: Request, side: Side, caller: Caller, listing_id: UUID, body: NoBody = None
) -> Response:
    """Begin a listing with what this one says; its claims are not copied."""
    message = CopyListing(listing_id=listing_id, copy_id=uuid7())
    return await side.carry_out(request, copy_listing, message, _created)


async def expected_version(request: Request, listing_id: UUID) -> int:
    """The version that If-Match means; of several the current one, if it is among them."""
    named = named_versions(request) or frozenset({0})
    if len(named) > 1:
        found = await sight_of(request).listing(listing_id)
        if found and found[1] in named:
            return found[1]
    return max(named)


def _created(listing: Versioned[DomainListing]) -> StoredResponse:
    page = Listing.of(listing.state, listing.version)
    location = f"/v1/listings/{listing.state.id}"
    return stored(page, 201, version=listing.version, location=location)


def _shown(listing: Versioned[DomainListing]) -> StoredResponse:
    return stored(Listing.of(listing.state, listing.version), version=listing.version)
