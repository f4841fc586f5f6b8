"""What integrators are sent of an event: ids, status and amounts, and nothing personal."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.booking.facts import BookingCancelled
from domain.booking.state import Booking
from domain.money import Money
from domain.recorded import Recorded

TEST = "webhook.test"
"""The type of what is sent to try an endpoint."""


def body_of(name: str, recorded: Recorded, booking: Booking) -> bytes:
    """The body about an event that left ``booking``; always the same bytes."""
    data: dict[str, Any] = {
        "booking_id": booking.id,
        "listing_id": booking.listing_id,
        "status": booking.status,
        "payment_status": booking.payment_status,
        "version": recorded.version,
        "position": recorded.position,
        "total": _money(booking.total),
        "paid": _money(booking.paid),
    }
    event = recorded.event
    amount = getattr(event, "amount", None)
    if isinstance(event, BookingCancelled):
        data["refund_total"] = _money(event.refund_total)
    elif isinstance(amount, Money):
        data["amount"] = _money(amount)
    for field in ("payment_id", "refund_id", "payout_id"):
        if isinstance(identity := getattr(event, field, None), UUID):
            data[field] = identity
    return _body(name, recorded.recorded_at, data)


def body_to_try(endpoint_id: UUID, now: datetime) -> bytes:
    """The body of what is sent to try an endpoint."""
    return _body(TEST, now, {"endpoint_id": endpoint_id})


def _body(name: str, timestamp: datetime, data: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"type": name, "timestamp": timestamp, "data": data})


def _money(money: Money) -> dict[str, Any]:
    return {"amount": money.amount, "currency": money.currency}
