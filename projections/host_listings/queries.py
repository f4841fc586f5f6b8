"""Which listings does this person host, or help to?"""

from __future__ import annotations

from uuid import UUID

from domain.listing.state import Listing, Status
from projections.generation import Generations
from projections.host_listings.projector import CO_HOSTED, MODEL
from projections.listing_page.projector import LISTING
from projections.lists import Page, merged_page_of, page_of
from projections.parts import Part

AT_ONCE = 100


async def host_listings(
    generations: Generations,
    host_id: UUID,
    *,
    status: Status | None = None,
    limit: int = 20,
    cursor: int | None = None,
) -> Page[Listing]:
    """Listings that a person hosts or co-hosts, of one status or all.

    The latest first: by when their own were drafted, and when they began to co-host others'.
    """
    return await merged_page_of(
        generations,
        lists=[(MODEL, str(host_id)), (CO_HOSTED, str(host_id))],
        kind=LISTING,
        limit=limit,
        cursor=cursor,
        wanted=lambda listing: (
            bool(listing.permissions_of(host_id)) and status in {None, listing.status}
        ),
    )


async def co_hosted_listings(generations: Generations, account_id: UUID) -> list[Part[Listing]]:
    """All listings of others that a person co-hosts now."""
    found: list[Part[Listing]] = []
    cursor: int | None = None
    while True:
        page = await page_of(
            generations,
            model=CO_HOSTED,
            owner=account_id,
            kind=LISTING,
            limit=AT_ONCE,
            cursor=cursor,
            wanted=lambda listing: bool(listing.permissions_of(account_id)),
        )
        found += page.items
        if page.next is None:
            return found
        cursor = page.next
