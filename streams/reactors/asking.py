"""Asks payment providers for what an event of a booking calls for, always under the same keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Final, TypeVar

from commands.payments.provider import (
    Charge,
    Done,
    Outcome,
    PaymentProvider,
    Pending,
    ProviderUnavailable,
    Refused,
    Return,
    Transfer,
    provider_of,
)
from domain.booking.notices import (
    Authorised,
    Captured,
    Challenged,
    Declined,
    Notice,
    PaidOut,
    PayoutDeclined,
    RefundDeclined,
    Refunded,
)
from domain.booking.payment_facts import (
    PaymentAuthorised,
    PaymentRequested,
    PayoutDue,
    RefundRequested,
)
from domain.booking.payments import Payment
from domain.booking.state import Booking
from domain.recorded import Recorded

NAME: Final = "payments"

ANSWERS_WITHIN = 10.0
"""Seconds that a provider has for one call."""

T = TypeVar("T")

Event = PaymentRequested | PaymentAuthorised | RefundRequested | PayoutDue
EVENTS: Final = (PaymentRequested, PaymentAuthorised, RefundRequested, PayoutDue)
"""What calls for a provider."""

_NO_PROVIDER: Final = Refused(
    code="no_such_method", why="No payment provider takes this method any more."
)


class Asking:
    """Calls whichever of ``providers`` takes a payment's method."""

    def __init__(self, providers: Sequence[PaymentProvider]) -> None:
        self._providers = providers

    def call(
        self, recorded: Recorded, event: Event, booking: Booking
    ) -> Awaitable[tuple[Notice | None, bool]] | None:
        """What is to be done; none when it is settled already.

        Done, it is what the provider told, if anything, and whether it will tell more.
        """
        match event:
            case PaymentRequested():
                payment = booking.account.payment(event.payment_id)
                if payment is None or not payment.under_way:
                    return None
                return self._charge(recorded, booking, payment)
            case PaymentAuthorised():
                payment = booking.account.payment(event.payment_id)
                if payment is None or payment.state == "captured":
                    return None
                return self._take(recorded, _charge(recorded, booking, payment), event.reference)
            case RefundRequested():
                refund = booking.account.refund(event.refund_id)
                if refund is None or refund.state != "pending":
                    return None
                return self._give_back(recorded, booking, event)
            case PayoutDue():
                payout = booking.account.payout(event.payout_id)
                if payout is None or payout.state != "due":
                    return None
                return self._pay_out(recorded, booking, event)

    async def _charge(
        self, recorded: Recorded, booking: Booking, payment: Payment
    ) -> tuple[Notice | None, bool]:
        provider = provider_of(payment.method, self._providers)
        charge = _charge(recorded, booking, payment)
        outcome: Outcome = _NO_PROVIDER
        if provider:
            outcome = await _answer(provider.authorise(_key(recorded, "authorise"), charge))
        match outcome:
            case Done():
                return await self._take(recorded, charge, outcome.reference)
            case Refused():
                return _declined(payment, outcome), False
            case Pending():
                if outcome.action is None:
                    return None, True
                return Challenged(payment_id=payment.id, action=outcome.action), True

    async def _take(
        self, recorded: Recorded, charge: Charge, reference: str
    ) -> tuple[Notice | None, bool]:
        provider = provider_of(charge.method, self._providers)
        outcome: Outcome = _NO_PROVIDER
        if provider:
            call = provider.capture(_key(recorded, "capture"), charge, reference)
            outcome = await _answer(call)
        match outcome:
            case Done():
                taken = Captured(
                    payment_id=charge.payment_id, reference=outcome.reference, amount=charge.amount
                )
                return taken, False
            case Refused():
                refused = Declined(payment_id=charge.payment_id, code=outcome.code, why=outcome.why)
                return refused, False
            case Pending():
                return Authorised(payment_id=charge.payment_id, reference=reference), True

    async def _give_back(
        self, recorded: Recorded, booking: Booking, event: RefundRequested
    ) -> tuple[Notice | None, bool]:
        payment = booking.account.payment(event.payment_id)
        assert payment is not None, "only what was captured goes back"
        provider = provider_of(payment.method, self._providers)
        back = Return(
            booking_id=booking.id,
            refund_id=event.refund_id,
            payment_id=payment.id,
            method=payment.method,
            reference=payment.reference,
            amount=event.amount,
        )
        outcome: Outcome = _NO_PROVIDER
        if provider:
            outcome = await _answer(provider.refund(_key(recorded, "refund"), back))
        match outcome:
            case Done():
                return Refunded(refund_id=event.refund_id), False
            case Refused():
                said = RefundDeclined(refund_id=event.refund_id, code=outcome.code, why=outcome.why)
                return said, False
            case Pending():
                return None, True

    async def _pay_out(
        self, recorded: Recorded, booking: Booking, event: PayoutDue
    ) -> tuple[Notice | None, bool]:
        method = next(p.method for p in booking.account.payments if p.captured.amount)
        provider = provider_of(method, self._providers)
        transfer = Transfer(
            booking_id=booking.id,
            payout_id=event.payout_id,
            host_id=booking.host_id,
            method=method,
            amount=event.amount,
        )
        outcome: Outcome = _NO_PROVIDER
        if provider:
            outcome = await _answer(provider.pay_out(_key(recorded, "payout"), transfer))
        match outcome:
            case Done():
                return PaidOut(payout_id=event.payout_id, reference=outcome.reference), False
            case Refused():
                said = PayoutDeclined(payout_id=event.payout_id, code=outcome.code, why=outcome.why)
                return said, False
            case Pending():
                return None, True


def _charge(recorded: Recorded, booking: Booking, payment: Payment) -> Charge:
    return Charge(
        booking_id=booking.id,
        payment_id=payment.id,
        method=payment.method,
        amount=payment.amount,
        asked_at=recorded.recorded_at,
    )


def _declined(payment: Payment, outcome: Refused) -> Declined:
    return Declined(payment_id=payment.id, code=outcome.code, why=outcome.why)


def _key(recorded: Recorded, call: str) -> str:
    """The same for every call about the same event, in every process, for ever."""
    return f"{NAME}:{recorded.position}:{call}"


async def _answer(call: Awaitable[T]) -> T:
    try:
        return await asyncio.wait_for(call, ANSWERS_WITHIN)
    except TimeoutError as error:
        raise ProviderUnavailable(f"no answer within {ANSWERS_WITHIN:g} s") from error
