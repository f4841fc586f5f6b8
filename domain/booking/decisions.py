"""How a booking comes about, and how it ends without a stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from domain.booking.allowed import needs_reason, refused
from domain.booking.facts import (
    BookingApproved,
    BookingCancelled,
    BookingDeclined,
    BookingEvent,
    BookingExpired,
    BookingRequested,
    Party,
    RefundLine,
)
from domain.booking.payouts import schedule
from domain.booking.policy import WHOLE
from domain.booking.refunding import no_more_than, refund_from, shares
from domain.booking.state import Booking
from domain.listing.state import Listing
from domain.local_time import instant
from domain.money import Money, total
from domain.quote.state import Quote
from domain.refusals import NotYours, QuoteExpired


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
            promotion_id=quote.promotion_id,
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
        case _:
            raise refused(booking, "approve", "host", now)


def decline(booking: Booking, reason: str | None, now: datetime) -> list[BookingEvent]:
    """The host says no; declined already, nothing happens."""
    match booking.status_at(now):
        case "awaiting_approval":
            return [BookingDeclined(reason=reason)]
        case "declined":
            return []
        case _:
            raise refused(booking, "decline", "host", now)


def cancel(
    booking: Booking,
    by: Party,
    reason: str | None,
    refund_id: UUID,
    now: datetime,
    *,
    share: int | None = None,
) -> list[BookingEvent]:
    """End the agreement early, with the refund that the pinned policy gives.

    What the guest does not get back is the host's; money that is still on its way goes back whole
    when it comes.

    The platform overrides the policy, with a reason: it refunds all, or ``share`` ten-thousandths
    of each line. Raises ReasonRequired, and NotYours when another side names a share.
    """
    if by == "platform":
        needs_reason("cancel", reason)
    elif share is not None:
        raise NotYours(action="choose the refund")
    match booking.status_at(now):
        case "held" | "awaiting_approval" | "confirmed":
            lines = refund(booking, by, now, WHOLE if share is None else share)
            back = total([line.amount for line in lines], booking.total.currency)
            cancelled = BookingCancelled(by=by, reason=reason, refund=lines, refund_total=back)
            refunds = refund_from(booking.account, back, refund_id, "cancelled")
            return schedule(booking, [cancelled, *refunds], uuid5(refund_id, "payout"), now)
        case "cancelled":
            return []
        case _:
            raise refused(booking, "cancel", by, now)


def refund(
    booking: Booking, by: Party, now: datetime, share: int = WHOLE
) -> tuple[RefundLine, ...]:
    """What of each line would go back at ``now``; nothing paid, nothing goes back.

    The policy says how much when the guest cancels; the host refunds all, and the platform
    ``share`` ten-thousandths.
    """
    if by == "guest":
        share = booking.policy.share_at(now, booking.check_in, booking.requested_at)
    lines = shares(booking.lines, share, booking.total.currency)
    return no_more_than(booking.paid, lines)


def refund_total(booking: Booking, lines: tuple[RefundLine, ...]) -> Money:
    """The sum of refund ``lines`` in the booking's currency."""
    return total([line.amount for line in lines], booking.total.currency)


def expire(booking: Booking, now: datetime) -> list[BookingEvent]:
    """Tidy up after a hold that lapsed; anything else, nothing happens."""
    if booking.status != "expired" and booking.status_at(now) == "expired":
        assert booking.hold_expires_at is not None, "only a pending booking lapses"
        expired = BookingExpired(expired_at=booking.hold_expires_at)
        # A hold that cost more after a change may have been paid in part.
        back = uuid5(booking.id, "expired")
        return [expired, *refund_from(booking.account, booking.paid, back, "dates_taken")]
    return []
