"""A host lets a guest in."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from uuid_utils.compat import uuid7

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.payouts import schedule
from domain.booking.state import Booking
from domain.booking.staying import check_in


@dataclass(frozen=True, kw_only=True)
class CheckInGuest:
    """The guest has arrived; ``payout_id`` names what the host is paid for it."""

    booking_id: UUID
    payout_id: UUID = field(default_factory=uuid7)


def check_in_guest(message: CheckInGuest, work: Work) -> Versioned[Booking]:
    """Raises NoSuch, NotYours for the guest, TooEarly and PolicyForbids."""
    booking = work.hosted_booking(message.booking_id, "check in a guest")
    events = schedule(booking.state, check_in(booking.state, work.now), message.payout_id, work.now)
    return work.record(booking, events)
