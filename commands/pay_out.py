"""A timer found that a host's payout is due."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking import payouts
from domain.booking.state import Booking


@dataclass(frozen=True, kw_only=True)
class PayOut:
    """Pay the host what is scheduled, if it is due; too early or again, nothing happens."""

    booking_id: UUID


def pay_out(message: PayOut, work: Work) -> Versioned[Booking]:
    """Raises NoSuch."""
    booking = work.booking(message.booking_id)
    return work.record(booking, payouts.pay_out(booking.state, work.now))
