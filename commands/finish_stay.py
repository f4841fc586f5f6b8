"""A timer ends a stay at check-out time, when no host saw the guest off."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from uuid_utils.compat import uuid7

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.payouts import schedule
from domain.booking.state import Booking
from domain.booking.staying import finish


@dataclass(frozen=True, kw_only=True)
class FinishStay:
    """The day of departure has come to check-out time."""

    booking_id: UUID
    payout_id: UUID = field(default_factory=uuid7)


def finish_stay(message: FinishStay, work: Work) -> Versioned[Booking]:
    """Raises TooEarly before check-out; ended some other way, nothing happens."""
    booking = work.booking(message.booking_id)
    events = finish(booking.state, work.now)
    return work.record(booking, schedule(booking.state, events, message.payout_id, work.now))
