"""What the host gets of a booking's money, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from domain.booking.facts import BookingEvent
from domain.booking.payment_facts import (
    PayoutAdjusted,
    PayoutDue,
    PayoutReason,
    PayoutScheduled,
)
from domain.booking.payments import Payout
from domain.booking.state import Booking, evolve
from domain.folding import after
from domain.money import Money, total

PAYOUT_DELAY = timedelta(hours=24)
"""How long after check-in the host is paid: the guest may find something wrong before."""

SERVICE_FEE = "service_fee"
"""The kind of the lines that the platform keeps."""


def schedule(
    booking: Booking, events: list[BookingEvent], payout_id: UUID, now: datetime
) -> list[BookingEvent]:
    """``events``, and with them the payout that they call for, if one is not there already."""
    if not events:
        return events
    then = after(booking, evolve, events)
    return [*events, *in_line(then, payout_id, now, "payout")]


def in_line(
    booking: Booking, payout_id: UUID, now: datetime, why: PayoutReason
) -> list[BookingEvent]:
    """What makes the scheduled payout be what the host is to get, scheduling one if none is."""
    owed = payable(booking)
    waiting = _scheduled(booking)
    if waiting:
        if waiting.amount == owed:
            return []
        return [PayoutAdjusted(payout_id=waiting.id, amount=owed, why=why)]
    if not owed.amount or not _is_due_to_host(booking) or booking.account.elsewhere:
        return []
    due_at = max(now, booking.check_in) + PAYOUT_DELAY
    if booking.account.payouts:
        due_at = now
    return [PayoutScheduled(payout_id=payout_id, amount=owed, due_at=due_at)]


def pay_out(booking: Booking, now: datetime) -> list[BookingEvent]:
    """The scheduled payout, if its moment has come and there is something to pay."""
    waiting = _scheduled(booking)
    if waiting is None or now < waiting.due_at:
        return []
    owed = payable(booking)
    return [PayoutDue(payout_id=waiting.id, amount=owed)] if owed.amount else []


def payable(booking: Booking) -> Money:
    """What the host is still to get: what the guest paid, less fees, disputes and payouts."""
    account = booking.account
    nothing = Money.zero(booking.total.currency)
    committed = [p.amount for p in account.payouts if p.state in ("due", "paid")]
    left = account.net - account.disputed - fees_kept(booking) - total(committed, nothing.currency)
    return max(left, nothing, key=lambda money: money.amount)


def fees_kept(booking: Booking) -> Money:
    """The service fee, less what of it went back to a guest who cancelled."""
    currency = booking.total.currency
    charged = total([line.amount for line in booking.lines if line.kind == SERVICE_FEE], currency)
    back = total([line.amount for line in booking.refund if line.kind == SERVICE_FEE], currency)
    return charged - back


def _scheduled(booking: Booking) -> Payout | None:
    return next((p for p in booking.account.payouts if p.state == "scheduled"), None)


def _is_due_to_host(booking: Booking) -> bool:
    """Whether there was a stay, or there would have been but for the guest."""
    if booking.status == "cancelled":
        return bool(booking.kept and booking.kept.amount)
    return booking.status in ("checked_in", "completed", "no_show")
