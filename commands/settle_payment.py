"""A payment provider told something, and the booking follows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from uuid_utils.compat import uuid7

from commands.coupons import redeem_coupon
from commands.lapsed import expire_lapsed
from commands.versioned import Versioned
from commands.work import Work
from domain.booking.notices import Notice
from domain.booking.receiving import needs_nights
from domain.booking.settling import settle
from domain.booking.state import Booking
from domain.calendar.decisions import reclaim
from domain.local_time import local_date
from domain.refusals import NightsTaken, Refusal


@dataclass(frozen=True, kw_only=True)
class SettlePayment:
    """Take ``notice`` into account; ``new_id`` names a refund or payout that it calls for."""

    booking_id: UUID
    notice: Notice
    new_id: UUID = field(default_factory=uuid7)


def settle_payment(message: SettlePayment, work: Work) -> Versioned[Booking]:
    """No news, nothing happens; raises NoSuch for what the booking never asked for.

    Money that arrives after the hold lapsed claims the nights again if they are still free.
    """
    booking = work.booking(message.booking_id)
    free = False
    if needs_nights(booking.state, message.notice, work.now):
        free = _claim(booking.state, work)
    events = settle(booking.state, message.notice, new_id=message.new_id, free=free, now=work.now)
    return work.record(booking, events)


def _claim(booking: Booking, work: Work) -> bool:
    """Whether the nights are the booking's now."""
    listing = work.any_listing(booking.listing_id).state
    calendar = work.calendar(booking.listing_id)
    try:
        events = reclaim(
            calendar.state,
            listing_id=listing.id,
            capacity=listing.units,
            booking_id=booking.id,
            guest_id=booking.guest_id,
            stay=booking.stay,
            units=len(booking.units),
            today=local_date(work.now, booking.time_zone),
            now=work.now,
            slot=booking.slot,
            buffers=listing.buffers,
        )
    except NightsTaken:
        return False
    expire_lapsed(calendar.state, work, but=booking.id)
    work.record(calendar, events)
    if booking.status_at(work.now) == "expired":
        # The coupon went back when the hold lapsed. If it is used up by now, the price still holds.
        with suppress(Refusal):
            redeem_coupon(booking, work)
    return True
