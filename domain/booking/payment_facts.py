"""What can happen to a booking's money, beside its capture and its return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.money import Money

Purpose = Literal["booking", "change"]
RefundReason = Literal["cancelled", "changed", "overpaid", "dates_taken"]
PayoutReason = Literal["refund", "dispute", "dispute_won", "payout"]


@dataclass(frozen=True, kw_only=True)
class NextAction:
    """What the guest must do before the provider goes on: open ``url``."""

    kind: Literal["challenge"]
    url: str


@dataclass(frozen=True, kw_only=True)
class PaymentRequested:
    """The guest's money was asked for, by a method of theirs."""

    payment_id: UUID
    method: str
    amount: Money
    purpose: Purpose


@dataclass(frozen=True, kw_only=True)
class PaymentChallenged:
    """The provider wants the guest to prove that it is them who pays."""

    payment_id: UUID
    action: NextAction


@dataclass(frozen=True, kw_only=True)
class PaymentAuthorised:
    """The provider set the guest's money aside, under a reference of its own."""

    payment_id: UUID
    reference: str


@dataclass(frozen=True, kw_only=True)
class PaymentFailed:
    """The provider got no money from the guest, for a reason with a code."""

    payment_id: UUID
    code: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PaymentCapturedAgain:
    """The provider took the guest's money once more for the same payment."""

    payment_id: UUID
    reference: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class RefundRequested:
    """Some of a payment is to go back to the guest."""

    refund_id: UUID
    payment_id: UUID
    amount: Money
    why: RefundReason


@dataclass(frozen=True, kw_only=True)
class RefundFailed:
    """The provider could not give money back, and somebody has to see to it."""

    refund_id: UUID
    code: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PaymentDisputed:
    """The guest's bank wants an amount back, and the provider asks who is right."""

    payment_id: UUID
    dispute: str
    amount: Money
    why: str


@dataclass(frozen=True, kw_only=True)
class DisputeClosed:
    """It was decided who is right: a lost dispute's amount went back to the guest."""

    dispute: str
    outcome: Literal["won", "lost"]


@dataclass(frozen=True, kw_only=True)
class PayoutScheduled:
    """The host will get an amount at an instant, unless something changes it before."""

    payout_id: UUID
    amount: Money
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class PayoutAdjusted:
    """A scheduled payout has another amount from now on."""

    payout_id: UUID
    amount: Money
    why: PayoutReason


@dataclass(frozen=True, kw_only=True)
class PayoutDue:
    """A payout's moment came, and its amount no longer changes."""

    payout_id: UUID
    amount: Money


@dataclass(frozen=True, kw_only=True)
class PayoutPaid:
    """The host got the money, under a reference of the provider's."""

    payout_id: UUID
    amount: Money
    reference: str


@dataclass(frozen=True, kw_only=True)
class PayoutFailed:
    """The provider could not pay the host."""

    payout_id: UUID
    code: str
    why: str


PaymentEvent = (
    PaymentRequested
    | PaymentChallenged
    | PaymentAuthorised
    | PaymentFailed
    | PaymentCapturedAgain
    | RefundRequested
    | RefundFailed
    | PaymentDisputed
    | DisputeClosed
    | PayoutScheduled
    | PayoutAdjusted
    | PayoutDue
    | PayoutPaid
    | PayoutFailed
)
