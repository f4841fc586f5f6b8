"""Which bookings did guests make of the listings that this person looks after?"""

from __future__ import annotations

from uuid import UUID

from domain.booking.state import Booking
from domain.listing.facts import Permission
from projections.booking.projector import BOOKING
from projections.generation import Generations
from projections.host_listings.queries import co_hosted_listings
from projections.lists import Page, merged_page_of
from projections.reservations.projector import MODEL, OF_A_LISTING


async def reservations(
    generations: Generations,
    host_id: UUID,
    *,
    permission: Permission = "bookings",
    limit: int = 20,
    cursor: int | None = None,
) -> Page[Booking]:
    """The bookings of listings that a person hosts, or co-hosts with ``permission``.

    The latest request first.
    """
    helped = [
        (OF_A_LISTING, str(part.state.id))
        for part in await co_hosted_listings(generations, host_id)
        if permission in part.state.permissions_of(host_id)
    ]
    return await merged_page_of(
        generations,
        lists=[(MODEL, str(host_id)), *helped],
        kind=BOOKING,
        limit=limit,
        cursor=cursor,
    )
