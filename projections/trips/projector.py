"""A guest's trips are listed in the order in which they were requested."""

from __future__ import annotations

from domain.booking.facts import BookingRequested
from domain.recorded import Recorded
from projections.parts import ListEntry

MODEL = "trips"


def entries(recorded: Recorded) -> list[ListEntry]:
    """What ``recorded`` adds to a guest's trips."""
    match recorded.event:
        case BookingRequested(guest_id=guest, booking_id=booking):
            return [ListEntry(MODEL, str(guest), str(booking), recorded.position)]
        case _:
            return []
