"""Asks the payment providers for what bookings need, and tells the bookings what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from typing import Final, TypeVar, cast

from commands.context import Context
from commands.execute import Commands
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
from commands.settle_payment import SettlePayment, settle_payment
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
from domain.booking.state import Booking, evolve
from domain.recorded import Recorded
from domain.refusals import Refusal
from domain.streams import subject
from eventlog.application import EventLog
from streams.reactors.receipts import Kept, Reaction

logger = logging.getLogger(__name__)

NAME: Final = "payments"

ANSWERS_WITHIN = 10.0
"""Seconds that a provider has for one call."""

T = TypeVar("T")

Event = PaymentRequested | PaymentAuthorised | RefundRequested | PayoutDue
_EVENTS: Final = (PaymentRequested, PaymentAuthorised, RefundRequested, PayoutDue)
_NO_PROVIDER: Final = Refused(
    code="no_such_method", why="No payment provider takes this method any more."
)


class PaymentReactor:
    """See :class:`streams.reactors.sink.Reactor`."""

    def __init__(
        self, log: EventLog, commands: Commands, providers: Sequence[PaymentProvider]
    ) -> None:
        self._log = log
        self._commands = commands
        self._providers = providers

    def wants(self, recorded: Recorded) -> bool:
        """Money asked for, set aside, to be given back or to be paid out."""
        return isinstance(recorded.event, _EVENTS)

    async def react(self, recorded: Recorded) -> Reaction:
        """Call the provider and settle what it says; a repeat makes the same calls."""
        booking = await asyncio.to_thread(self._booking, recorded.stream)
        event = cast("Event", recorded.event)
        outcome: Kept = "done"
        detail = ""
        if booking is not None and (call := self._call(recorded, event, booking)):
            notice, pending = await call
            outcome = "pending" if pending else "done"
            if notice:
                try:
                    await asyncio.to_thread(self._settle, recorded, notice)
                except Refusal as refusal:
                    logger.exception("position %d can't be settled", recorded.position)
                    outcome, detail = "refused", f"{refusal.code}: {refusal}"
        return Reaction(
            position=recorded.position, stream=recorded.stream, outcome=outcome, detail=detail
        )

    def _call(
        self, recorded: Recorded, event: Event, booking: Booking
    ) -> Awaitable[tuple[Notice | None, bool]] | None:
        """What is to be done; nothing when it is settled already."""
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

    def _booking(self, stream: str) -> Booking | None:
        loaded = self._log.load(stream, evolve)
        return loaded.state if loaded else None

    def _settle(self, recorded: Recorded, notice: Notice) -> None:
        context = Context(process="reactors", correlation_id=recorded.correlation_id)
        message = SettlePayment(booking_id=subject(recorded.stream), notice=notice)
        self._commands.execute(settle_payment, message, context)


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
