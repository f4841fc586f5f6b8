"""Asks the payment providers for what bookings need, and tells the bookings what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import cast

from commands.context import Context
from commands.execute import Commands
from commands.payments.provider import PaymentProvider
from commands.settle_payment import SettlePayment, settle_payment
from domain.booking.notices import Notice
from domain.booking.state import Booking, evolve
from domain.recorded import Recorded
from domain.refusals import Refusal
from domain.streams import subject
from eventlog.application import EventLog
from streams.reactors.asking import EVENTS, Asking, Event
from streams.reactors.receipts import Kept, Reaction

logger = logging.getLogger(__name__)


class PaymentReactor:
    """See :class:`streams.reactors.sink.Reactor`."""

    def __init__(
        self, log: EventLog, commands: Commands, providers: Sequence[PaymentProvider]
    ) -> None:
        self._log = log
        self._commands = commands
        self._asking = Asking(providers)

    def wants(self, recorded: Recorded) -> bool:
        """Money asked for, set aside, to be given back or to be paid out."""
        return isinstance(recorded.event, EVENTS)

    async def react(self, recorded: Recorded) -> Reaction:
        """Call the provider and settle what it says; a repeat makes the same calls."""
        booking = await asyncio.to_thread(self._booking, recorded.stream)
        event = cast("Event", recorded.event)
        outcome: Kept = "done"
        detail = ""
        if booking is not None and (call := self._asking.call(recorded, event, booking)):
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

    def _booking(self, stream: str) -> Booking | None:
        loaded = self._log.load(stream, evolve)
        return loaded.state if loaded else None

    def _settle(self, recorded: Recorded, notice: Notice) -> None:
        context = Context(process="reactors", correlation_id=recorded.correlation_id)
        message = SettlePayment(booking_id=subject(recorded.stream), notice=notice)
        self._commands.execute(settle_payment, message, context)
