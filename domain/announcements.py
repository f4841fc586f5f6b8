"""What outsiders are told of bookings: the public name of each event, and nothing personal."""

from __future__ import annotations

from typing import Final

from domain.booking import facts as booking
from domain.booking import payment_facts as money
from domain.booking.facts import BookingEvent

PUBLIC: Final[dict[type[BookingEvent], str]] = {
    booking.BookingRequested: "booking.requested",
    booking.BookingApproved: "booking.approved",
    booking.BookingDeclined: "booking.declined",
    booking.BookingConfirmed: "booking.confirmed",
    booking.BookingChanged: "booking.changed",
    booking.BookingCancelled: "booking.cancelled",
    booking.BookingExpired: "booking.expired",
    booking.BookingCheckedIn: "booking.checked_in",
    booking.BookingCompleted: "booking.completed",
    booking.BookingMarkedNoShow: "booking.no_show",
    money.PaymentRequested: "payment.requested",
    money.PaymentChallenged: "payment.challenged",
    money.PaymentAuthorised: "payment.authorised",
    money.PaymentFailed: "payment.failed",
    booking.PaymentCaptured: "payment.captured",
    money.PaymentCapturedAgain: "payment.captured_again",
    booking.PaymentRefunded: "payment.refunded",
    money.RefundRequested: "refund.requested",
    money.RefundFailed: "refund.failed",
    money.PaymentDisputed: "dispute.opened",
    money.DisputeClosed: "dispute.closed",
    money.PayoutScheduled: "payout.scheduled",
    money.PayoutAdjusted: "payout.adjusted",
    money.PayoutDue: "payout.due",
    money.PayoutPaid: "payout.paid",
    money.PayoutFailed: "payout.failed",
}
"""By event. Names are for ever, as those of the log are; a new meaning is a new name."""

UNTOLD: Final[frozenset[type[BookingEvent]]] = frozenset({booking.BookingImported})
"""What says nothing to outsiders: where a data set had a booking from."""

PUBLIC_NAMES: Final[frozenset[str]] = frozenset(PUBLIC.values())


def public_name(event: object) -> str | None:
    """What outsiders call ``event``, none when they are not told of it."""
    return PUBLIC.get(type(event))  # pyright: ignore[reportArgumentType, reportCallIssue] - any event may be asked about
