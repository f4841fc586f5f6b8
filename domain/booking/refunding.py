"""How much goes back of each line, and of each payment: never more than was paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID, uuid5

from domain.booking.facts import RefundLine
from domain.booking.payment_facts import RefundReason, RefundRequested
from domain.booking.payments import Account
from domain.money import Money


def refund_from(
    account: Account,
    amount: Money,
    refund_id: UUID,
    why: RefundReason,
    first: UUID | None = None,
) -> list[RefundRequested]:
    """Up to ``amount``: of the payment ``first``, then of the latest; no more than each brought.

    The first refund has ``refund_id``; further ones an id that follows from it and their payment.
    """
    asked: list[RefundRequested] = []
    left = amount
    latest = reversed(account.payments)
    for payment in sorted(latest, key=lambda payment: payment.id != first):
        back = min(left, account.refundable(payment), key=lambda money: money.amount)
        if back.amount > 0:
            own = uuid5(refund_id, str(payment.id)) if asked else refund_id
            asked.append(
                RefundRequested(refund_id=own, payment_id=payment.id, amount=back, why=why)
            )
            left -= back
    return asked


def no_more_than(paid: Money, lines: Iterable[RefundLine]) -> tuple[RefundLine, ...]:
    """``lines``, the last of them cut so that they add up to no more than was ``paid``."""
    left = paid
    kept: list[RefundLine] = []
    for line in lines:
        amount = min(line.amount, left, key=lambda money: money.amount)
        kept.append(replace(line, amount=amount))
        left -= amount
    return tuple(kept)
