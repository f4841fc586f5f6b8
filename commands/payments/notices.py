"""A provider's notice as the JSON of a webhook, and back."""

from __future__ import annotations

from uuid import UUID

import msgspec

from domain.booking import notices
from domain.booking.notices import Notice
from domain.refusals import Refusal

TYPES: dict[str, type[Notice]] = {
    "payment.challenged": notices.Challenged,
    "payment.authorised": notices.Authorised,
    "payment.captured": notices.Captured,
    "payment.declined": notices.Declined,
    "refund.done": notices.Refunded,
    "refund.declined": notices.RefundDeclined,
    "payout.done": notices.PaidOut,
    "payout.declined": notices.PayoutDeclined,
    "dispute.opened": notices.DisputeOpened,
    "dispute.ended": notices.DisputeEnded,
}
NAMES: dict[type[Notice], str] = {notice: name for name, notice in TYPES.items()}


class NotANotice(Exception):
    """The body of a webhook is nothing that we know."""


class _Envelope(msgspec.Struct):
    type: str
    booking_id: UUID
    data: msgspec.Raw


def encode(booking_id: UUID, notice: Notice) -> bytes:
    """``{"type", "booking_id", "data"}``."""
    return msgspec.json.encode(
        {"type": NAMES[type(notice)], "booking_id": booking_id, "data": notice}
    )


def decode(body: bytes) -> tuple[UUID, Notice]:
    """The booking and the notice in ``body``; raises :class:`NotANotice`."""
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
        return envelope.booking_id, msgspec.json.decode(envelope.data, type=TYPES[envelope.type])
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, ValueError, Refusal) as error:
        raise NotANotice(str(error)) from error
