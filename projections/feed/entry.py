"""An entry of the feed: what happened to which booking, and where that left it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from domain.booking.state import Status

FIELD: Final = b"e"
"""The one field of a stream's entry, in which all of it is JSON."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """``status`` and ``version`` are the booking's right after the event at ``position``."""

    event: str
    booking_id: UUID
    listing_id: UUID
    host_id: UUID
    status: Status
    version: int
    position: int
    partition: int
    recorded_at: datetime


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Entry)


def encode(entry: Entry) -> bytes:
    """The stored bytes of ``entry``."""
    return _encoder.encode(entry)


def decode(stored: bytes) -> Entry:
    """The entry stored as ``stored``."""
    return _decoder.decode(stored)


@dataclass(frozen=True)
class FeedKeys:
    """Where the feed is kept: a stream a partition, and how far each of them has come."""

    prefix: str

    def stream(self, partition: int) -> str:
        """The entries of one partition; an entry's id is its position."""
        return f"{self.prefix}-feed:{partition}"

    @property
    def state(self) -> str:
        """A hash: ``epoch``, and for each partition ``applied.<n>`` and ``floor.<n>``."""
        return f"{self.prefix}-feed:state"

    def ticket(self, identity: str) -> str:
        """What says that a ticket was used."""
        return f"{self.prefix}-feed:ticket:{identity}"
