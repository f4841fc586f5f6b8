"""Reservations are listed for the host and for the listing, in the order of the requests."""

from __future__ import annotations

from domain.booking.facts import BookingRequested
from domain.recorded import Recorded
from projections.parts import ListEntry

MODEL = "reservations"
OF_A_LISTING = "listing_reservations"


def entries(recorded: Recorded) -> list[ListEntry]:
    """What ``recorded`` adds to the reservations of a host and of a listing."""
    match recorded.event:
        case BookingRequested(host_id=host, listing_id=listing, booking_id=booking):
            return [
                ListEntry(MODEL, str(host), str(booking), recorded.position),
                ListEntry(OF_A_LISTING, str(listing), str(booking), recorded.position),
            ]
        case _:
            return []
