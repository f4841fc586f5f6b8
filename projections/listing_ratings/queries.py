"""How good do guests find this listing?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from domain.review.rating import Rating
from projections.documents import PartKey, read_parts
from projections.generation import Generations
from projections.listing_ratings.projector import RATINGS


async def ratings(
    generations: Generations, listing_ids: Iterable[UUID], now: datetime
) -> dict[UUID, Rating]:
    """The ratings of those listings that have a review published at ``now``."""
    keys = {listing_id: PartKey(RATINGS, str(listing_id)) for listing_id in listing_ids}
    parts = await read_parts(generations, list(keys.values())) if keys else {}
    found = {
        listing_id: parts[key].state.at(now) for listing_id, key in keys.items() if key in parts
    }
    return {listing_id: rating for listing_id, rating in found.items() if rating.count}
