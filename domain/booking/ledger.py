"""How a booking's account follows from its facts."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never
from uuid import UUID

from domain.booking.facts import PaymentCaptured, PaymentRefunded
from domain.booking.payment_facts import (
    DisputeClosed,
    PaymentAuthorised,
    PaymentCapturedAgain,
    PaymentChallenged,
    PaymentDisputed,
    PaymentEvent,
    PaymentFailed,
    PaymentRequested,
    PayoutAdjusted,
    PayoutDue,
    PayoutFailed,
    PayoutPaid,
    PayoutScheduled,
    RefundFailed,
    RefundRequested,
)
from domain.booking.payments import Account, Dispute, Payment, Payout, Refund
from domain.money import Money

MoneyEvent = PaymentEvent | PaymentCaptured | PaymentRefunded


def evolve(account: Account, event: MoneyEvent) -> Account:
    """``account`` after ``event``."""
    match event:
        case PaymentCaptured() | PaymentCapturedAgain():
            return _captured(account, event)
        case PaymentRequested() | PaymentChallenged() | PaymentAuthorised() | PaymentFailed():
            return account.with_payment(_payment(account, event))
        case RefundRequested() | RefundFailed() | PaymentRefunded():
            return _refund(account, event)
        case PaymentDisputed() | DisputeClosed():
            return _dispute(account, event)
        case PayoutScheduled() | PayoutAdjusted() | PayoutDue() | PayoutFailed() | PayoutPaid():
            return _payout(account, event)
        case _:
            assert_never(event)


def _payment(
    account: Account,
    event: PaymentRequested | PaymentChallenged | PaymentAuthorised | PaymentFailed,
) -> Payment:
    if isinstance(event, PaymentRequested):
        return Payment(
            id=event.payment_id,
            method=event.method,
            amount=event.amount,
            captured=Money.zero(event.amount.currency),
            purpose=event.purpose,
        )
    payment = _known(account, event.payment_id)
    match event:
        case PaymentChallenged():
            return replace(payment, state="challenged", next_action=event.action)
        case PaymentAuthorised():
            state = "failed" if payment.state == "failed" else "authorised"
            return replace(payment, state=state, reference=event.reference, next_action=None)
        case PaymentFailed():
            return replace(
                payment, state="failed", failure=event.code, why=event.why, next_action=None
            )
        case _:
            assert_never(event)


def _captured(account: Account, event: PaymentCaptured | PaymentCapturedAgain) -> Account:
    amount = event.amount
    before = account.payment(event.payment_id)
    if isinstance(event, PaymentCapturedAgain):
        before = _known(account, event.payment_id)
        captures = (*before.captures, event.reference)
    else:
        # Payments were once captured without being asked for, and without a reference.
        before = before or Payment(
            id=event.payment_id,
            method=event.method,
            amount=amount,
            captured=Money.zero(amount.currency),
        )
        captures = (*before.captures, before.reference or "")
    payment = replace(
        before,
        state="captured",
        captured=before.captured + amount,
        captures=captures,
        failure=None,
        why=None,
        next_action=None,
    )
    return replace(account.with_payment(payment), captured=account.captured + amount)


def _refund(account: Account, event: RefundRequested | RefundFailed | PaymentRefunded) -> Account:
    if isinstance(event, RefundRequested):
        asked = Refund(id=event.refund_id, payment_id=event.payment_id, amount=event.amount)
        return account.with_refund(asked)
    refund = account.refund(event.refund_id)
    if isinstance(event, RefundFailed):
        assert refund is not None, "only a refund that was asked for fails"
        return account.with_refund(replace(refund, state="failed"))
    refund = refund or Refund(id=event.refund_id, payment_id=None, amount=event.amount)
    after = account.with_refund(replace(refund, state="refunded"))
    return replace(after, refunded=account.refunded + event.amount)


def _dispute(account: Account, event: PaymentDisputed | DisputeClosed) -> Account:
    if isinstance(event, PaymentDisputed):
        opened = Dispute(reference=event.dispute, payment_id=event.payment_id, amount=event.amount)
        return replace(account, disputes=(*account.disputes, opened))
    dispute = account.dispute(event.dispute)
    assert dispute is not None, "only an open dispute is closed"
    closed = replace(dispute, state=event.outcome)
    back = dispute.amount if event.outcome == "lost" else Money.zero(dispute.amount.currency)
    return replace(
        account,
        disputes=tuple(closed if each is dispute else each for each in account.disputes),
        charged_back=account.charged_back + back,
    )


def _payout(
    account: Account,
    event: PayoutScheduled | PayoutAdjusted | PayoutDue | PayoutFailed | PayoutPaid,
) -> Account:
    if isinstance(event, PayoutScheduled):
        return account.with_payout(
            Payout(id=event.payout_id, amount=event.amount, due_at=event.due_at)
        )
    payout = account.payout(event.payout_id)
    assert payout is not None, "a payout is scheduled first"
    match event:
        case PayoutAdjusted():
            return account.with_payout(replace(payout, amount=event.amount))
        case PayoutDue():
            return account.with_payout(replace(payout, amount=event.amount, state="due"))
        case PayoutFailed():
            return account.with_payout(replace(payout, state="failed"))
        case PayoutPaid():
            paid = account.with_payout(replace(payout, state="paid"))
            return replace(paid, paid_out=account.paid_out + event.amount)
        case _:
            assert_never(event)


def _known(account: Account, payment_id: UUID) -> Payment:
    payment = account.payment(payment_id)
    assert payment is not None, "a payment is asked for first"
    return payment
