"""Which coupons did this host, or the platform, make?"""

from __future__ import annotations

from uuid import UUID

from domain.promotion.state import Promotion
from projections.generation import Generations
from projections.lists import Page, page_of
from projections.promotion.projector import PROMOTION
from projections.promotions.projector import MODEL, PLATFORM


async def promotions(
    generations: Generations, host_id: UUID | None, *, limit: int = 20, cursor: int | None = None
) -> Page[Promotion]:
    """A host's promotions, or the platform's for none, the latest first."""
    return await page_of(
        generations,
        model=MODEL,
        owner=host_id or PLATFORM,
        kind=PROMOTION,
        limit=limit,
        cursor=cursor,
    )
