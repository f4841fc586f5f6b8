"""What does this listing offer?"""

from __future__ import annotations

from uuid import UUID

from domain.listing.state import Listing
from projections.documents import read_part
from projections.generation import Generations
from projections.listing_page.projector import LISTING
from projections.parts import Part


async def listing_page(generations: Generations, listing_id: UUID) -> Part[Listing] | None:
    """The listing with its stream's version, or none; drafts included, see ``Listing.seen_by``."""
    return await read_part(generations, LISTING, str(listing_id))
