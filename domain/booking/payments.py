"""The money of one booking: what came in, what went out and what is under way.

Each payment only moves forwards (pending, challenged, authorised, failed, captured), so that
notices make the same account in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeVar
from uuid import UUID

from domain.booking.payment_facts import NextAction, Purpose
from domain.money import Money, total

ELSEWHERE: Final = "imported"
"""The method of payments that were made elsewhere: no provider of ours has their money."""

PaymentState = Literal["pending", "challenged", "authorised", "failed", "captured"]
Paid = TypeVar("Paid", "Payment", "Refund", "Payout")


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One attempt to get the guest's money; ``captures`` are the provider's references."""

    id: UUID
    method: str
    amount: Money
    captured: Money
    purpose: Purpose = "booking"
    state: PaymentState = "pending"
    reference: str | None = None
    captures: tuple[str, ...] = ()
    failure: str | None = None
    why: str | None = None
    next_action: NextAction | None = None

    @property
    def under_way(self) -> bool:
        """Whether the provider may still come up with the money."""
        return self.state in ("pending", "challenged", "authorised")


@dataclass(frozen=True, kw_only=True)
class Refund:
    """Money on its way back to the guest; of payments that the log knows, or of one before."""

    id: UUID
    payment_id: UUID | None
    amount: Money
    state: Literal["pending", "failed", "refunded"] = "pending"


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """An amount of a payment that the guest's bank wants back."""

    reference: str
    payment_id: UUID
    amount: Money
    state: Literal["open", "won", "lost"] = "open"


@dataclass(frozen=True, kw_only=True)
class Payout:
    """What the host gets, and when."""

    id: UUID
    amount: Money
    due_at: datetime
    state: Literal["scheduled", "due", "failed", "paid"] = "scheduled"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Money in is money out and money held: always, whatever is under way."""

    captured: Money
    refunded: Money
    charged_back: Money
    paid_out: Money
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    payouts: tuple[Payout, ...] = ()

    @classmethod
    def empty(cls, currency: str) -> Account:
        """No money yet."""
        nothing = Money.zero(currency)
        return cls(captured=nothing, refunded=nothing, charged_back=nothing, paid_out=nothing)

    @property
    def held(self) -> Money:
        """What the platform has; less than nothing when a dispute was lost after the payout."""
        return self.captured - self.refunded - self.charged_back - self.paid_out

    @property
    def net(self) -> Money:
        """What the guest has paid and is not to get back."""
        return self.captured - self.going_back() - self.charged_back

    @property
    def disputed(self) -> Money:
        """What open disputes are about."""
        return self._sum(d.amount for d in self.disputes if d.state == "open")

    @property
    def latest(self) -> Payment | None:
        """The payment that was asked for last."""
        return self.payments[-1] if self.payments else None

    @property
    def under_way(self) -> Payment | None:
        """The latest payment that may still succeed."""
        return next((p for p in reversed(self.payments) if p.under_way), None)

    @property
    def coming(self) -> Money:
        """What is asked for and may still arrive."""
        return self._sum(payment.amount for payment in self.payments if payment.under_way)

    @property
    def elsewhere(self) -> bool:
        """Whether somebody else has the money, and pays the host."""
        return any(payment.method == ELSEWHERE for payment in self.payments)

    def going_back(self, payment_id: UUID | None = None) -> Money:
        """What is refunded or to be refunded, of one payment or of all."""
        return self._sum(
            refund.amount
            for refund in self.refunds
            if refund.state != "failed" and payment_id in (None, refund.payment_id)
        )

    def refundable(self, payment: Payment) -> Money:
        """What of ``payment`` could still go back."""
        lost = self._sum(
            dispute.amount
            for dispute in self.disputes
            if dispute.payment_id == payment.id and dispute.state != "won"
        )
        left = payment.captured - self.going_back(payment.id) - lost
        return max(left, Money.zero(left.currency), key=_amount)

    def payment(self, payment_id: UUID) -> Payment | None:
        """The payment of this id."""
        return _found(self.payments, payment_id)

    def refund(self, refund_id: UUID) -> Refund | None:
        """The refund of this id."""
        return _found(self.refunds, refund_id)

    def payout(self, payout_id: UUID) -> Payout | None:
        """The payout of this id."""
        return _found(self.payouts, payout_id)

    def dispute(self, reference: str) -> Dispute | None:
        """The dispute that the provider calls so."""
        return next((each for each in self.disputes if each.reference == reference), None)

    def with_payment(self, payment: Payment) -> Account:
        """The same, with ``payment`` as it is now."""
        return replace(self, payments=_put(self.payments, payment))

    def with_refund(self, refund: Refund) -> Account:
        """The same, with ``refund`` as it is now."""
        return replace(self, refunds=_put(self.refunds, refund))

    def with_payout(self, payout: Payout) -> Account:
        """The same, with ``payout`` as it is now."""
        return replace(self, payouts=_put(self.payouts, payout))

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return total(list(amounts), self.captured.currency)


def _amount(money: Money) -> int:
    return money.amount


def _found(among: tuple[Paid, ...], wanted: UUID) -> Paid | None:
    return next((each for each in among if each.id == wanted), None)


def _put(among: tuple[Paid, ...], changed: Paid) -> tuple[Paid, ...]:
    if _found(among, changed.id) is None:
        return (*among, changed)
    return tuple(changed if each.id == changed.id else each for each in among)
