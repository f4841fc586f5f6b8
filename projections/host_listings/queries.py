"""Which listings does this host have?"""

from __future__ import annotations

from uuid import UUID

from domain.listing.state import Listing, Status
from projections.generation import Generations
from projections.host_listings.projector import MODEL
from projections.listing_page.projector import LISTING
from projections.lists import Page, page_of


async def host_listings(
    generations: Generations,
    host_id: UUID,
    *,
    status: Status | None = None,
    limit: int = 20,
    cursor: int | None = None,
) -> Page[Listing]:
    """A host's listings, of one status or all, the latest draft first."""
    return await page_of(
        generations,
        model=MODEL,
        owner=host_id,
        kind=LISTING,
        limit=limit,
        cursor=cursor,
        wanted=lambda listing: status is None or listing.status == status,
    )
