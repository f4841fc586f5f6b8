"""A host, or the platform, says that a guest never came."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from uuid_utils.compat import uuid7

from commands.versioned import Versioned
from commands.work import Work
from domain.booking import staying
from domain.booking.payouts import schedule
from domain.booking.state import Booking
from domain.calendar.decisions import release
from domain.refusals import NotYours


@dataclass(frozen=True, kw_only=True)
class MarkNoShow:
    """The guest did not come."""

    booking_id: UUID
    reason: str | None = None
    payout_id: UUID = field(default_factory=uuid7)


def mark_no_show(message: MarkNoShow, work: Work) -> Versioned[Booking]:
    """The nights are free again.

    Raises NoSuch, NotYours for the guest, TooEarly, ReasonRequired and PolicyForbids.
    """
    booking, by = work.acting_on(message.booking_id)
    if by == "guest":
        raise NotYours(action="mark a no-show")
    events = staying.mark_no_show(booking.state, by, message.reason, work.now)
    if events:
        calendar = work.calendar(booking.state.listing_id)
        work.record(calendar, release(calendar.state, message.booking_id))
    return work.record(booking, schedule(booking.state, events, message.payout_id, work.now))
