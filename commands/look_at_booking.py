"""A side of a booking is told how it stands, in an answer that is kept under a key."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.state import Booking


@dataclass(frozen=True, kw_only=True)
class LookAtBooking:
    """How the booking stands."""

    booking_id: UUID


def look_at_booking(message: LookAtBooking, work: Work) -> Versioned[Booking]:
    """Changes nothing; raises NoSuch."""
    return work.own_booking(message.booking_id)
