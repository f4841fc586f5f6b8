"""What follows from what a payment provider tells, however often and in whatever order it tells it.

Every decision answers nothing to what is known already, so that a reply and a webhook, their
repeats and late ones, end in one state.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID, uuid5

from domain.booking.facts import (
    BookingEvent,
    PaymentRefunded,
)
from domain.booking.notices import (
    Authorised,
    Captured,
    Challenged,
    Declined,
    DisputeEnded,
    DisputeOpened,
    Notice,
    PaidOut,
    PayoutDeclined,
    RefundDeclined,
    Refunded,
)
from domain.booking.payment_facts import (
    DisputeClosed,
    PaymentDisputed,
    PayoutFailed,
    PayoutPaid,
    PayoutScheduled,
    RefundFailed,
)
from domain.booking.payments import Payout, Refund
from domain.booking.payouts import in_line, pay_out, payable
from domain.booking.receiving import captured, on_the_way, payment_of, too_much
from domain.booking.state import Booking, evolve
from domain.folding import after
from domain.refusals import NoSuch

PAY_AGAIN_AFTER = timedelta(hours=24)
"""How long after a payout failed it is tried again."""


def settle(
    booking: Booking, notice: Notice, *, new_id: UUID, free: bool, now: datetime
) -> list[BookingEvent]:
    """What follows from ``notice``; nothing when it is no news.

    ``free`` says whether nights that lapsed can still be had, ``new_id`` names a refund or a payout
    that this calls for. Raises NoSuch when it is about something that was never asked for.
    """
    match notice:
        case Challenged() | Authorised() | Declined():
            return on_the_way(booking, notice)
        case Captured():
            return captured(booking, notice, new_id, now, free=free)
        case Refunded() | RefundDeclined():
            return _refunded(_refund(booking, notice.refund_id), notice)
        case PaidOut() | PayoutDeclined():
            return _paid_out(booking, notice, new_id, now)
        case DisputeOpened() | DisputeEnded():
            return _disputed(booking, notice, new_id, now)
        case _:
            assert_never(notice)


def _refunded(refund: Refund, notice: Refunded | RefundDeclined) -> list[BookingEvent]:
    if isinstance(notice, Refunded):
        if refund.state == "refunded":
            return []
        return [PaymentRefunded(refund_id=refund.id, amount=refund.amount)]
    if refund.state != "pending":
        return []
    return [RefundFailed(refund_id=refund.id, code=notice.code, why=notice.why)]


def _paid_out(
    booking: Booking, notice: PaidOut | PayoutDeclined, payout_id: UUID, now: datetime
) -> list[BookingEvent]:
    payout = _payout(booking, notice.payout_id)
    if isinstance(notice, PaidOut):
        if payout.state == "paid":
            return []
        paid: list[BookingEvent] = [
            PayoutPaid(payout_id=payout.id, amount=payout.amount, reference=notice.reference)
        ]
        return [*paid, *in_line(after(booking, evolve, paid), payout_id, now, "payout")]
    if payout.state != "due":
        return []
    failed: list[BookingEvent] = [
        PayoutFailed(payout_id=payout.id, code=notice.code, why=notice.why)
    ]
    owed = payable(after(booking, evolve, failed))
    if owed.amount:
        later = now + PAY_AGAIN_AFTER
        failed.append(PayoutScheduled(payout_id=payout_id, amount=owed, due_at=later))
    return failed


def _disputed(
    booking: Booking, notice: DisputeOpened | DisputeEnded, new_id: UUID, now: datetime
) -> list[BookingEvent]:
    payment = payment_of(booking, notice.payment_id)
    known = booking.account.dispute(notice.dispute)
    events: list[BookingEvent] = []
    if known is None:
        opened = PaymentDisputed(
            payment_id=payment.id, dispute=notice.dispute, amount=notice.amount, why=notice.why
        )
        events.append(opened)
    if isinstance(notice, DisputeOpened):
        then = after(booking, evolve, events)
        return [*events, *in_line(then, new_id, now, "dispute")] if events else []
    if known and known.state != "open":
        return []
    events.append(DisputeClosed(dispute=notice.dispute, outcome=notice.outcome))
    events += too_much(after(booking, evolve, events), payment.id, new_id)
    why = "dispute_won" if notice.outcome == "won" else "dispute"
    events += in_line(after(booking, evolve, events), uuid5(new_id, notice.dispute), now, why)
    return [*events, *pay_out(after(booking, evolve, events), now)]


def _refund(booking: Booking, refund_id: UUID) -> Refund:
    if found := booking.account.refund(refund_id):
        return found
    raise NoSuch(what="refund", id=str(refund_id))


def _payout(booking: Booking, payout_id: UUID) -> Payout:
    if found := booking.account.payout(payout_id):
        return found
    raise NoSuch(what="payout", id=str(payout_id))
