"""Bookings whose hold a decision found lapsed end in the same step."""

from __future__ import annotations

from uuid import UUID

from commands.coupons import return_coupon
from commands.work import Work
from domain.booking.decisions import expire
from domain.calendar.state import Calendar


def expire_lapsed(calendar: Calendar, work: Work, *, but: UUID | None = None) -> None:
    """End every booking ``but`` one whose hold on ``calendar`` has lapsed."""
    for claim in calendar.lapsed(work.now):
        if claim.booking_id not in (None, but):
            booking = work.booking(claim.booking_id)
            if events := expire(booking.state, work.now):
                return_coupon(booking.state, work)
                work.record(booking, events)
