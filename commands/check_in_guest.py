"""A host lets a guest in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.decisions import check_in
from domain.booking.state import Booking


@dataclass(frozen=True, kw_only=True)
class CheckInGuest:
    """The guest has arrived."""

    booking_id: UUID


def check_in_guest(message: CheckInGuest, work: Work) -> Versioned[Booking]:
    """Raises NoSuch, NotYours for the guest, TooEarly and PolicyForbids."""
    booking = work.hosted_booking(message.booking_id, "check in a guest")
    return work.record(booking, check_in(booking.state, work.now))
