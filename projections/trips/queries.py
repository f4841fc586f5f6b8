"""Which bookings did this guest make?"""

from __future__ import annotations

from uuid import UUID

from domain.booking.state import Booking
from projections.booking.projector import BOOKING
from projections.generation import Generations
from projections.lists import Page, page_of
from projections.trips.projector import MODEL


async def trips(
    generations: Generations, guest_id: UUID, *, limit: int = 20, cursor: int | None = None
) -> Page[Booking]:
    """A guest's bookings, the latest request first."""
    return await page_of(
        generations, model=MODEL, owner=guest_id, kind=BOOKING, limit=limit, cursor=cursor
    )
