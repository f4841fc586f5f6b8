"""Appends that tests send past the decisions, straight to the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from domain.buffers import NO_BUFFERS, Buffers
from domain.calendar.facts import NightsHeld
from domain.events import Event
from domain.slot import Slot
from domain.stay import Stay
from domain.streams import calendar_stream, listing_stream
from eventlog.append import Append, Receipt, StreamWrite
from tests.domain.facts import GUEST, LISTING, NOW


def writing(
    *events: Event,
    stream: str = calendar_stream(LISTING),
    expected: int = 0,
    reads: Mapping[str, int] | None = None,
    receipt: Receipt | None = None,
    holds: Mapping[UUID, int] | None = None,
) -> Append:
    """``events`` for the end of ``stream``, as if decided at version ``expected``."""
    return Append(
        writes=(StreamWrite(stream=stream, key=str(LISTING), expected=expected, events=events),),
        reads=reads or {},
        occurred_at=NOW,
        actor="tester",
        correlation_id="test",
        causation_id=f"command:{uuid4()}",
        receipt=receipt,
        holds=holds or {},
    )


def holding(
    stay: Stay,
    *,
    unit: int = 0,
    until: datetime | None = None,
    slot: Slot | None = None,
    buffers: Buffers = NO_BUFFERS,
) -> NightsHeld:
    """A hold with an id of its own."""
    claim = uuid4()
    return NightsHeld(
        listing_id=LISTING,
        claim_id=claim,
        booking_id=claim,
        guest_id=GUEST,
        stay=stay,
        units=(unit,),
        until=until or NOW + timedelta(days=3_650),
        slot=slot,
        buffers=buffers,
    )


def receipt(key: str, *, account: UUID = GUEST) -> Receipt:
    """An answer to remember under ``key``."""
    return Receipt(
        account_id=account,
        key=key,
        fingerprint=b"asked",
        status=201,
        headers={"Location": "/there"},
        body=b"{}",
    )


LISTING_STREAM = listing_stream(LISTING)
