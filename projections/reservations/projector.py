"""A host's reservations are listed in the order in which they were requested."""

from __future__ import annotations

from domain.booking.facts import BookingRequested
from domain.recorded import Recorded
from projections.parts import ListEntry

MODEL = "reservations"


def entries(recorded: Recorded) -> list[ListEntry]:
    """What ``recorded`` adds to a host's reservations."""
    match recorded.event:
        case BookingRequested(host_id=host, booking_id=booking):
            return [ListEntry(MODEL, str(host), str(booking), recorded.position)]
        case _:
            return []
