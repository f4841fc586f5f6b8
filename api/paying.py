"""Asks for a payment, waits for what becomes of it, and keeps the answer under its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID, uuid5

import anyio
from fastapi import Request, Response

from api.commanding import CommandSide
from api.conventions.guards import sight_of
from api.conventions.idempotency import key_in
from commands.context import Context
from commands.receipts import StoredResponse
from commands.work import Work
from domain.booking.paying import known

R = TypeVar("R")

PATIENCE = 10.0
"""Seconds that a client waits for a payment at most."""

FIRST_LOOK, LONGEST_PAUSE = 0.005, 0.05
"""Seconds between looks at the booking, whose cached state is only brought up to date."""

PAYMENTS = UUID("5f0c6f6e-6f5c-5e0a-9d3b-3f2f3c1b7a10")
"""The name space of payment ids."""


@dataclass(frozen=True)
class Paying:
    """Which payment of which booking is waited for."""

    booking_id: UUID
    payment_id: UUID


def payment_id_of(request: Request, caller: UUID, booking_id: UUID) -> UUID:
    """The id of the payment that the request asks for: the same for each of its repeats."""
    return uuid5(PAYMENTS, f"{caller} {booking_id} {key_in(request)}")


async def pay_and_wait(
    request: Request,
    side: CommandSide,
    paying: Paying,
    ask: tuple[Callable[[Any, Work], object], Any],
    tell: tuple[Callable[[Any, Work], R], Any],
    respond: Callable[[R], StoredResponse],
) -> Response:
    """Do ``ask``, wait until the payment's outcome is known, and answer with what ``tell`` makes.

    ``ask`` runs without the key, as the answer is not known yet: it must do nothing twice for the
    same payment. Raises what the two raise.
    """
    caller: UUID = request.state.caller
    receipt = await side.receipt(request, caller)
    if replayed := await side.in_thread(lambda: side.commands.replayed(receipt)):
        return side.answer(request, replayed)
    correlation = request.state.correlation_id
    asking = Context(actor=caller, correlation_id=correlation)
    await side.in_thread(lambda: side.commands.execute(*ask, asking))
    await _outcome(request, paying)
    telling = Context(actor=caller, correlation_id=correlation, receipt=receipt)
    outcome = await side.in_thread(lambda: side.commands.execute(*tell, telling, respond))
    return side.answer(request, outcome)


async def _outcome(request: Request, paying: Paying) -> None:
    sight = sight_of(request)
    give_up = monotonic() + PATIENCE
    pause = FIRST_LOOK
    while monotonic() < give_up:
        found = await sight.booking(paying.booking_id)
        if found is None or known(found[0], paying.payment_id):
            return
        await anyio.sleep(pause)
        pause = min(pause * 1.2, LONGEST_PAUSE)
