"""Server-sent events as bytes (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from api.positions import Positions, encode_positions
from domain.booking.state import Status
from projections.feed.entry import Entry

RETRY = 2_000
"""Milliseconds that a client waits before it connects again."""


class LiveEvent(BaseModel):
    """What happened to a booking, and what that made of it; the page tells the rest."""

    booking_id: UUID
    listing_id: UUID
    status: Status
    version: int
    position: int
    recorded_at: datetime

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """As the feed has it."""
        return cls(
            booking_id=entry.booking_id,
            listing_id=entry.listing_id,
            status=entry.status,
            version=entry.version,
            position=entry.position,
            recorded_at=entry.recorded_at,
        )


def opening(seen: Positions) -> bytes:
    """What a client remembers before anything has happened."""
    return b"retry: %d\n%b" % (RETRY, heartbeat(seen))


def event(entry: Entry, seen: Positions) -> bytes:
    """``entry``; its id is the token that shows it in pages, too."""
    data = LiveEvent.of(entry).model_dump_json()
    return f"id: {encode_positions(seen)}\nevent: {entry.event}\ndata: {data}\n\n".encode()


def reset(seen: Positions) -> bytes:
    """Something may be missing from here: read the pages again."""
    return f'id: {encode_positions(seen)}\nevent: reset\ndata: {{"code":"reset"}}\n\n'.encode()


def ended(code: str) -> bytes:
    """The last that this stream says, and why."""
    return f'event: ended\ndata: {{"code":"{code}"}}\n\n'.encode()


def heartbeat(seen: Positions) -> bytes:
    """Nothing has happened up to ``seen``; keeps the connection, and whoever is between, awake."""
    return f": {len(seen)}\nid: {encode_positions(seen)}\n\n".encode()
