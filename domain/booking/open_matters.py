"""Whether anything is left to be done about a booking: a stay to come, or money under way."""

from __future__ import annotations

from datetime import datetime

from domain.booking.facts import Side
from domain.booking.state import Booking


def is_open(booking: Booking, side: Side, now: datetime) -> bool:
    """Whether ``side`` is still needed at ``now``, or still has money to pay or to get."""
    if booking.status_at(now) in ("held", "awaiting_approval", "confirmed", "checked_in"):
        return True
    account = booking.account
    back = any(refund.state == "pending" for refund in account.refunds)
    if account.under_way or back or account.disputed.amount:
        return True
    return side == "host" and any(p.state in ("scheduled", "due") for p in account.payouts)
