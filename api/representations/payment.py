"""Payments as guests make them and see them, and payouts as hosts do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from api.representations.values import Input, Money, is_absent
from commands.payments.sandbox import manner_of
from domain.booking.payment_facts import Purpose
from domain.booking.payments import Payment as DomainPayment
from domain.booking.payments import PaymentState
from domain.booking.state import Booking


def _known_method(given: str) -> str:
    if manner_of(given) is None:
        raise PydanticCustomError("unknown_payment_method", "there is no such payment method")
    return given


PaymentMethod = Annotated[
    str,
    Field(min_length=1, max_length=100, examples=["sandbox"]),
    AfterValidator(_known_method),
]
"""How to pay; `sandbox` is the provider that is built in."""


class PaymentBody(Input):
    """By which method to pay what is due."""

    method: PaymentMethod


class NextAction(BaseModel):
    """What you must do before the payment goes on."""

    kind: Literal["challenge"]
    url: str


class Failure(BaseModel):
    """Why the payment failed."""

    code: str
    detail: str


class Payment(BaseModel):
    """One attempt to pay; what a `failed` one was for is still due."""

    id: UUID
    status: PaymentState
    method: str
    purpose: Purpose
    amount: Money
    next_action: NextAction | None = Field(default=None, exclude_if=is_absent)
    failure: Failure | None = Field(default=None, exclude_if=is_absent)

    @classmethod
    def of(cls, payment: DomainPayment) -> Self:
        """As it stands."""
        action = payment.next_action
        return cls.model_construct(
            id=payment.id,
            status=payment.state,
            method=payment.method,
            purpose=payment.purpose,
            amount=Money.of(payment.amount),
            next_action=NextAction.model_construct(kind=action.kind, url=action.url)
            if action
            else None,
            failure=Failure.model_construct(code=payment.failure, detail=payment.why)
            if payment.failure
            else None,
        )


class Payments(BaseModel):
    """All payments of a booking, the first asked for first."""

    items: list[Payment]
    next: None = None

    @classmethod
    def of(cls, payments: Iterable[DomainPayment]) -> Self:
        """As they stand."""
        return cls.model_construct(items=[Payment.of(each) for each in payments], next=None)


class Payout(BaseModel):
    """What a host gets of a booking."""

    id: UUID
    booking_id: UUID
    listing_id: UUID
    status: Literal["scheduled", "due", "failed", "paid"]
    amount: Money
    due_at: datetime


class Payouts(BaseModel):
    """A page of payouts."""

    items: list[Payout]
    next: str | None

    @classmethod
    def of(cls, bookings: Iterable[Booking], following: str | None) -> Self:
        """Those of ``bookings``, in their order."""
        items = [
            Payout.model_construct(
                id=payout.id,
                booking_id=booking.id,
                listing_id=booking.listing_id,
                status=payout.state,
                amount=Money.of(payout.amount),
                due_at=payout.due_at,
            )
            for booking in bookings
            for payout in booking.account.payouts
        ]
        return cls.model_construct(items=items, next=following)
