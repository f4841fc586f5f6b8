"""Who acts for the host of a listing."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller
from api.conventions.guards import guards, hosts_listing, signed_in
from api.conventions.reading import catch_up
from api.querying import Side, answer
from api.representations.co_host import CoHost, CoHosts
from domain.refusals import NoSuch, NotYours

router = ordered_router("co-hosts")


@router.get("/v1/listings/{listing_id}/co-hosts", summary="List co-hosts", response_model=CoHosts)
@guards(signed_in, hosts_listing)
async def co_hosts(request: Request, side: Side, caller: Caller, listing_id: UUID) -> Response:
    """Who acts for the host and in what, for the host and co-hosts."""
    told = await catch_up(request, side.applied)
    found = await side.listing(listing_id)
    if found is None or not found[0].seen_by(caller):
        raise NoSuch(what="listing", id=str(listing_id))
    listing = found[0]
    if not listing.permissions_of(caller):
        raise NotYours(action="see who co-hosts this listing")
    items: list[CoHost] = []
    for account_id, may in listing.co_hosts.items():
        account = await side.account(account_id) if may else None
        if account is not None:
            items.append(CoHost.of(account_id, account[0].name, may))
    items.sort(key=lambda co_host: (co_host.name, co_host.account_id))
    return answer(request, CoHosts(items=items), told)
