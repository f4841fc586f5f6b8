"""What did the two sides of a stay say of it, and what was said of a listing?"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.review.state import EMPTY, ReviewPair
from projections.documents import read_part
from projections.generation import Generations
from projections.lists import Page, page_of
from projections.reviews.projector import MODEL, REVIEWS


async def review_pair(generations: Generations, booking_id: UUID) -> ReviewPair:
    """Both sides' reviews of a booking; who may read them, ``ReviewPair.seen_by`` says."""
    found = await read_part(generations, REVIEWS, str(booking_id))
    return found.state if found else EMPTY


async def listing_reviews(
    generations: Generations,
    listing_id: UUID,
    now: datetime,
    *,
    limit: int = 20,
    cursor: int | None = None,
) -> Page[ReviewPair]:
    """The pairs with a guest's review that is published at ``now``, the last written first."""
    return await page_of(
        generations,
        model=MODEL,
        owner=listing_id,
        kind=REVIEWS,
        limit=limit,
        cursor=cursor,
        wanted=lambda pair: pair.published(now),
    )
