"""What was agreed, and how does it stand?"""

from __future__ import annotations

from uuid import UUID

from domain.booking.state import Booking
from projections.booking.projector import BOOKING
from projections.documents import read_part
from projections.generation import Generations
from projections.parts import Part


async def booking(generations: Generations, booking_id: UUID) -> Part[Booking] | None:
    """The booking with its stream's version, or none; whose it is, ``Booking.party`` says.

    A hold that lapsed is as stored: ``Booking.status_at`` applies the time.
    """
    return await read_part(generations, BOOKING, str(booking_id))
