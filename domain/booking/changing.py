"""A guest takes another stay for the booking they have, at the price of another quote."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.booking.allowed import may_change, refused
from domain.booking.facts import BookingChanged, BookingEvent
from domain.booking.payment_facts import PaymentRequested
from domain.booking.refunding import refund_from
from domain.booking.state import Booking, evolve
from domain.quote.state import Quote
from domain.refusals import NoSuch, QuoteExpired


def check_change(booking: Booking, now: datetime) -> None:
    """Raise the refusal of a change that comes too late: HoldLapsed or PolicyForbids."""
    if may_change(booking, now):
        return
    late = now >= booking.check_in and booking.status_at(now) in ("held", "confirmed")
    because = "check-in time has passed" if late else None
    raise refused(booking, "change", "guest", now, because)


def check_quote(booking: Booking, quote: Quote, now: datetime) -> None:
    """Raise NoSuch for a quote of something else, and QuoteExpired for an old one."""
    if quote.booking_id != booking.id:
        raise NoSuch(what="quote", id=str(quote.quote_id))
    if quote.expires_at <= now:
        raise QuoteExpired(quote_id=quote.quote_id, expired_at=quote.expires_at)


def change(
    booking: Booking, quote: Quote, units: tuple[int, ...], *, payment_id: UUID, refund_id: UUID
) -> list[BookingEvent]:
    """The booking as ``quote`` has it, on ``units``, and the difference asked for or given back.

    A booking that is only held is paid when it is confirmed. The difference is asked for by the
    method of the last payment; without one it stays due.
    """
    changed = BookingChanged(
        quote_id=quote.quote_id,
        stay=quote.stay,
        time_zone=booking.time_zone,
        guests=quote.guests,
        units=units,
        lines=quote.lines,
        total=quote.total,
        deposit=quote.deposit,
        check_out=booking.check_out_time,
        slot=quote.slot,
    )
    after = evolve(booking, changed)
    if after.due.amount < 0:
        return [changed, *refund_from(after.account, -after.due, refund_id, "changed")]
    missing = after.due - after.account.coming
    paid = next((each for each in reversed(after.account.payments) if each.captured.amount), None)
    if after.status != "confirmed" or paid is None or missing.amount <= 0:
        return [changed]
    asked = PaymentRequested(
        payment_id=payment_id, method=paid.method, amount=missing, purpose="change"
    )
    return [changed, asked]
