"""What a payment provider tells: in reply, by webhook, twice, or in the wrong order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from domain.booking.payment_facts import NextAction
from domain.money import Money


@dataclass(frozen=True, kw_only=True)
class Challenged:
    """The guest must do something first."""

    payment_id: UUID
    action: NextAction


@dataclass(frozen=True, kw_only=True)
class Authorised:
    """The money is set aside under ``reference``."""

    payment_id: UUID
    reference: str


@dataclass(frozen=True, kw_only=True)
class Captured:
    """The money was taken; another ``reference`` is another time."""

    payment_id: UUID
    reference: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class Declined:
    """The money was not to be had."""

    payment_id: UUID
    code: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Refunded:
    """The money of a refund went back."""

    refund_id: UUID


@dataclass(frozen=True, kw_only=True)
class RefundDeclined:
    """The money of a refund could not go back."""

    refund_id: UUID
    code: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PaidOut:
    """The host has the money of a payout."""

    payout_id: UUID
    reference: str


@dataclass(frozen=True, kw_only=True)
class PayoutDeclined:
    """The host could not be paid."""

    payout_id: UUID
    code: str
    why: str


@dataclass(frozen=True, kw_only=True)
class DisputeOpened:
    """The guest's bank asks for ``amount``; ``dispute`` is the provider's reference."""

    payment_id: UUID
    dispute: str
    amount: Money
    why: str


@dataclass(frozen=True, kw_only=True)
class DisputeEnded:
    """A dispute was decided; it says all of it again, as it may come first."""

    payment_id: UUID
    dispute: str
    amount: Money
    why: str
    outcome: Literal["won", "lost"]


Notice = (
    Challenged
    | Authorised
    | Captured
    | Declined
    | Refunded
    | RefundDeclined
    | PaidOut
    | PayoutDeclined
    | DisputeOpened
    | DisputeEnded
)
