"""Hosts choose who may act for them."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from api.assembly import ordered_router
from api.commanding import Side, done, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, owns_listing, sees_listing, signed_in
from api.representations.co_host import CoHost, CoHostBody
from api.secrets import hash_email
from commands.add_co_host import AddCoHost, CoHostMade
from commands.add_co_host import add_co_host as add_to_listing
from commands.receipts import StoredResponse
from commands.remove_co_host import RemoveCoHost, remove_co_host

router = ordered_router("co-hosts")


@router.post(
    "/v1/listings/{listing_id}/co-hosts",
    summary="Let somebody co-host",
    status_code=201,
    response_model=CoHost,
)
@guards(signed_in, owns_listing)
async def add(
    request: Request, side: Side, caller: Caller, listing_id: UUID, body: CoHostBody
) -> Response:
    """Let the account with an e-mail address act for you; for one who does, what they may do."""
    found = await side.sign_in.credentials.by_email(hash_email(side.sign_in.secret, body.email))
    message = AddCoHost(
        listing_id=listing_id,
        email=body.email,
        account_id=found[0] if found else None,
        permissions=frozenset(body.permissions),
    )
    return await side.carry_out(request, add_to_listing, message, _added)


@router.delete(
    "/v1/listings/{listing_id}/co-hosts/{account_id}",
    summary="Remove a co-host",
    status_code=204,
)
@guards(signed_in, sees_listing)
async def remove(
    request: Request, side: Side, caller: Caller, listing_id: UUID, account_id: UUID
) -> Response:
    """Let somebody act for you no longer; co-hosts may remove themselves."""
    message = RemoveCoHost(listing_id=listing_id, account_id=account_id)
    return await side.carry_out(request, remove_co_host, message, done)


def _added(made: CoHostMade) -> StoredResponse:
    account = made.account.state
    return stored(CoHost.of(account.id, account.name, made.permissions), 201)
