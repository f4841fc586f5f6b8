"""A timer ends a stay at check-out time, when no host saw the guest off."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.decisions import finish
from domain.booking.state import Booking


@dataclass(frozen=True, kw_only=True)
class FinishStay:
    """The day of departure has come to check-out time."""

    booking_id: UUID


def finish_stay(message: FinishStay, work: Work) -> Versioned[Booking]:
    """Raises TooEarly before check-out; ended some other way, nothing happens."""
    booking = work.booking(message.booking_id)
    return work.record(booking, finish(booking.state, work.now))
