"""How a booking moves along its life."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from domain.booking.facts import (
    BookingApproved,
    BookingCancelled,
    BookingCheckedIn,
    BookingCompleted,
    BookingConfirmed,
    BookingDeclined,
    BookingEvent,
    BookingExpired,
    BookingMarkedNoShow,
    BookingRequested,
    Party,
    PaymentCaptured,
    PaymentRefunded,
    RefundLine,
)
from domain.booking.policy import WHOLE
from domain.booking.state import Booking
from domain.listing.state import Listing
from domain.local_time import instant
from domain.money import Money, total
from domain.quote.state import Quote
from domain.refusals import HoldLapsed, PolicyForbids, QuoteExpired, TooEarly

Action = Literal["confirm", "approve", "decline", "cancel", "check-in", "complete", "no-show"]


def request(
    booking_id: UUID, quote: Quote, listing: Listing, units: tuple[int, ...], now: datetime
) -> list[BookingEvent]:
    """A guest takes a quote at its word; raises QuoteExpired when it no longer holds."""
    if quote.expires_at <= now:
        raise QuoteExpired(quote_id=quote.quote_id, expired_at=quote.expires_at)
    return [
        BookingRequested(
            booking_id=booking_id,
            listing_id=listing.id,
            guest_id=quote.guest_id,
            host_id=listing.host_id,
            quote_id=quote.quote_id,
            kind=listing.kind,
            stay=quote.stay,
            time_zone=listing.time_zone,
            guests=quote.guests,
            units=units,
            lines=quote.lines,
            total=quote.total,
            policy=listing.policy,
            needs_approval=not listing.instant,
            requested_at=now,
            hold_expires_at=hold_until(listing, quote, now),
            deposit=quote.deposit,
            check_in=listing.rules.schedule.check_in,
            check_out=listing.rules.schedule.check_out,
            slot=quote.slot,
            hold_minutes=listing.rules.hold_minutes,
        )
    ]


def hold_until(listing: Listing, quote: Quote, now: datetime) -> datetime:
    """Until when a new booking's nights are held: for the guest to confirm, or the host to decide.

    A host never has longer than until check-in, unless a guest would have longer to confirm.
    """
    rules = listing.rules
    shortest = now + hold_for(rules.hold_minutes)
    if listing.instant:
        return shortest
    check_in = instant(quote.stay.arrive, rules.schedule.check_in, listing.time_zone)
    if quote.slot:
        check_in = quote.slot.starts_at
    return min(now + timedelta(hours=rules.decide_within_hours), max(check_in, shortest))


def hold_for(minutes: int) -> timedelta:
    """How long a guest may take to confirm."""
    return timedelta(minutes=minutes)


def approve(booking: Booking, now: datetime) -> list[BookingEvent]:
    """The host says yes; approved already, nothing happens."""
    match booking.status_at(now):
        case "awaiting_approval":
            return [BookingApproved(hold_expires_at=now + hold_for(booking.hold_minutes))]
        case "held" | "confirmed":
            return []
        case status:
            raise _late_or_forbidden(booking, "approve", status)


def decline(booking: Booking, reason: str | None, now: datetime) -> list[BookingEvent]:
    """The host says no; declined already, nothing happens."""
    match booking.status_at(now):
        case "awaiting_approval":
            return [BookingDeclined(reason=reason)]
        case "declined":
            return []
        case status:
            raise _late_or_forbidden(booking, "decline", status)


def confirm(booking: Booking, payment_id: UUID, method: str, now: datetime) -> list[BookingEvent]:
    """The guest pays and the booking stands; confirmed already, nothing happens.

    A total of nothing is confirmed without a payment. Raises HoldLapsed when it is too late.
    """
    match booking.status_at(now):
        case "held":
            paid = PaymentCaptured(payment_id=payment_id, method=method, amount=booking.total)
            confirmed = BookingConfirmed(booking_id=booking.id)
            return [paid, confirmed] if booking.total.amount else [confirmed]
        case "confirmed":
            return []
        case status:
            raise _late_or_forbidden(booking, "confirm", status)


def cancel(
    booking: Booking, by: Party, reason: str | None, refund_id: UUID, now: datetime
) -> list[BookingEvent]:
    """End the agreement early, with the refund that the pinned policy gives."""
    match booking.status_at(now):
        case "held" | "awaiting_approval" | "confirmed":
            lines = refund(booking, by, now)
            back = total([line.amount for line in lines], booking.total.currency)
            cancelled = BookingCancelled(by=by, reason=reason, refund=lines, refund_total=back)
            refunded = PaymentRefunded(refund_id=refund_id, amount=back)
            return [cancelled, refunded] if back.amount else [cancelled]
        case "cancelled":
            return []
        case status:
            raise _late_or_forbidden(booking, "cancel", status)


def refund(booking: Booking, by: Party, now: datetime) -> tuple[RefundLine, ...]:
    """What of each line would go back at ``now``; nothing paid, nothing goes back.

    A cancellation that is not the guest's refunds all.
    """
    share = WHOLE
    if by == "guest":
        share = booking.policy.share_at(now, booking.check_in, booking.requested_at)
    if not booking.paid.amount:
        share = 0
    return tuple(
        RefundLine(kind=line.kind, description=line.description, amount=line.amount.share(share))
        for line in booking.lines
    )


def refund_total(booking: Booking, lines: tuple[RefundLine, ...]) -> Money:
    """The sum of refund ``lines`` in the booking's currency."""
    return total([line.amount for line in lines], booking.total.currency)


def expire(booking: Booking, now: datetime) -> list[BookingEvent]:
    """Tidy up after a hold that lapsed; anything else, nothing happens."""
    if booking.status != "expired" and booking.status_at(now) == "expired":
        assert booking.hold_expires_at is not None, "only a pending booking lapses"
        return [BookingExpired(expired_at=booking.hold_expires_at)]
    return []


def check_in(booking: Booking, now: datetime) -> list[BookingEvent]:
    """The guest arrives, from midnight of the arrival on; arrived already, nothing happens."""
    status = booking.status_at(now)
    if status == "checked_in":
        return []
    if status != "confirmed":
        raise _late_or_forbidden(booking, "check in", status)
    _not_before(booking.arrival_day, now, "check in")
    return [BookingCheckedIn(at=now)]


def complete(booking: Booking, now: datetime) -> list[BookingEvent]:
    """The guest leaves, early or not; left already, nothing happens."""
    status = booking.status_at(now)
    if status == "completed":
        return []
    if status != "checked_in":
        raise _late_or_forbidden(booking, "complete", status)
    return [BookingCompleted(at=now)]


def finish(booking: Booking, now: datetime) -> list[BookingEvent]:
    """At check-out time the stay is over by itself, whether or not anybody checked the guest in.

    Only the platform's timer leads from confirmed to completed: a guest whom nobody checked in and
    nobody reported as a no-show has stayed. Anything but a standing booking, nothing happens.
    Raises TooEarly before the end.
    """
    if booking.status_at(now) not in ("confirmed", "checked_in"):
        return []
    _not_before(booking.check_out, now, "complete")
    return [BookingCompleted(at=now)]


def mark_no_show(
    booking: Booking, by: Party, reason: str | None, now: datetime
) -> list[BookingEvent]:
    """The guest did not come; marked already, nothing happens.

    A host may say so from check-in time on; the platform earlier too.
    """
    status = booking.status_at(now)
    if status == "no_show":
        return []
    if status != "confirmed":
        raise _late_or_forbidden(booking, "mark as a no-show", status)
    if by != "platform":
        _not_before(booking.check_in, now, "mark as a no-show")
    return [BookingMarkedNoShow(at=now, reason=reason)]


def actions(booking: Booking, party: Party | None, now: datetime) -> tuple[Action, ...]:
    """What that side of the booking may do at ``now``."""
    status = booking.status_at(now)
    if party == "guest" and status == "held":
        return ("confirm", "cancel")
    if party == "host" and status == "awaiting_approval":
        return ("approve", "decline")
    if party == "host" and status == "confirmed":
        arrived: tuple[Action, ...] = ("check-in",) if now >= booking.arrival_day else ()
        missed: tuple[Action, ...] = ("no-show",) if now >= booking.check_in else ()
        return ("cancel", *arrived, *missed)
    if party == "host" and status == "checked_in":
        return ("complete",)
    if party is not None and status in ("held", "awaiting_approval", "confirmed"):
        return ("cancel",)
    return ()


def _not_before(earliest: datetime, now: datetime, action: str) -> None:
    if now < earliest:
        raise TooEarly(action=action, earliest=earliest)


def _late_or_forbidden(booking: Booking, action: str, status: str) -> Exception:
    if status == "expired" and booking.hold_expires_at is not None:
        return HoldLapsed(booking_id=booking.id, lapsed_at=booking.hold_expires_at)
    return PolicyForbids(action=action, status=status)
