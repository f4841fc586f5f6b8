"""How much goes back of each line, and of each payment: never more than was paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID, uuid5

from domain.booking.facts import BookingEvent, PaymentRefunded, RefundLine
from domain.booking.payment_facts import RefundReason, RefundRequested
from domain.booking.payments import ELSEWHERE, Account
from domain.money import Money, total
from domain.quote.facts import QuoteLine


def refund_from(
    account: Account,
    amount: Money,
    refund_id: UUID,
    why: RefundReason,
    first: UUID | None = None,
) -> list[BookingEvent]:
    """Up to ``amount``: of the payment ``first``, then of the latest; no more than each brought.

    The first refund has ``refund_id``; further ones an id that follows from it and their payment.
    What was paid elsewhere has gone back elsewhere at once.
    """
    asked: list[BookingEvent] = []
    left = amount
    latest = reversed(account.payments)
    for payment in sorted(latest, key=lambda payment: payment.id != first):
        back = min(left, account.refundable(payment), key=lambda money: money.amount)
        if back.amount > 0:
            own = uuid5(refund_id, str(payment.id)) if asked else refund_id
            asked.append(
                RefundRequested(refund_id=own, payment_id=payment.id, amount=back, why=why)
            )
            if payment.method == ELSEWHERE:
                asked.append(PaymentRefunded(refund_id=own, amount=back))
            left -= back
    return asked


def shares(lines: Iterable[QuoteLine], share: int, currency: str) -> list[RefundLine]:
    """``share`` ten-thousandths of each line.

    The sum so far is rounded, half to even, and a line is what it grows by: all lines together are
    the share of their total, and so neither below nothing nor above it, discounts or not.
    """
    made: list[RefundLine] = []
    whole = before = Money.zero(currency)
    for line in lines:
        whole += line.amount
        so_far = whole.share(share)
        made.append(
            RefundLine(kind=line.kind, description=line.description, amount=so_far - before)
        )
        before = so_far
    return made


def no_more_than(paid: Money, lines: Iterable[RefundLine]) -> tuple[RefundLine, ...]:
    """``lines``, cut from the last on so that they add up to no more than was ``paid``."""
    wanted = list(lines)
    nothing = Money.zero(paid.currency)
    if not paid.amount:
        return tuple(replace(line, amount=nothing) for line in wanted)
    too_much = total([line.amount for line in wanted], paid.currency) - paid
    kept: list[RefundLine] = []
    for line in reversed(wanted):
        # A discount is an amount below nothing, and nothing to cut from.
        cut = min(line.amount, too_much, key=_amount)
        cut = max(cut, nothing, key=_amount)
        kept.append(replace(line, amount=line.amount - cut))
        too_much -= cut
    return tuple(reversed(kept))


def _amount(money: Money) -> int:
    return money.amount
