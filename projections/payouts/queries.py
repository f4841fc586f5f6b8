"""What is this host paid, for which bookings, and when?"""

from __future__ import annotations

from uuid import UUID

from domain.booking.state import Booking
from projections.booking.projector import BOOKING
from projections.generation import Generations
from projections.lists import Page, page_of
from projections.reservations.projector import MODEL


async def payouts(
    generations: Generations, host_id: UUID, *, limit: int = 20, cursor: int | None = None
) -> Page[Booking]:
    """Those reservations of a host that a payout was scheduled for, the latest request first."""
    return await page_of(
        generations,
        model=MODEL,
        owner=host_id,
        kind=BOOKING,
        limit=limit,
        cursor=cursor,
        wanted=lambda booking: bool(booking.account.payouts),
    )
