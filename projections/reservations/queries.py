"""Which bookings did guests make of this host's listings?"""

from __future__ import annotations

from uuid import UUID

from domain.booking.state import Booking
from projections.booking.projector import BOOKING
from projections.generation import Generations
from projections.lists import Page, page_of
from projections.reservations.projector import MODEL


async def reservations(
    generations: Generations, host_id: UUID, *, limit: int = 20, cursor: int | None = None
) -> Page[Booking]:
    """The bookings of a host's listings, the latest request first."""
    return await page_of(
        generations, model=MODEL, owner=host_id, kind=BOOKING, limit=limit, cursor=cursor
    )
